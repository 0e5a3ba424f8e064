/** A whole update in fifty lines. */
@NullMarked
package io.kubesolo.update.quickstart;

import org.jspecify.annotations.NullMarked;
