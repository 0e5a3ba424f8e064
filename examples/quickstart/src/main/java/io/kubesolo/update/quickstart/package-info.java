/** Thirty lines of embedding. */
@NullMarked
package io.kubesolo.update.quickstart;

import org.jspecify.annotations.NullMarked;
