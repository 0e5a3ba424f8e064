/**
 * The pure part of the update lifecycle: what there is, what is legal, and what follows. Nothing
 * here does I/O or knows a framework.
 */
@NullMarked
package io.kubesolo.update.core;

import org.jspecify.annotations.NullMarked;
