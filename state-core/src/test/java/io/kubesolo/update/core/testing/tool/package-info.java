/** What tests need of the machine they run on. */
@NullMarked
package io.kubesolo.update.core.testing.tool;

import org.jspecify.annotations.NullMarked;
