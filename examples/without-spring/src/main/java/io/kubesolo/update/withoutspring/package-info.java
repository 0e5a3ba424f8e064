/** Embedding without Spring. Begin with {@link io.kubesolo.update.withoutspring.WithoutSpring}. */
@NullMarked
package io.kubesolo.update.withoutspring;

import org.jspecify.annotations.NullMarked;
