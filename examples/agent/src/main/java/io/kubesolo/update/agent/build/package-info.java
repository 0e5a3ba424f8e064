/**
 * The build step of the program, which makes classes of its lambdas. It needs ASM and is left out of
 * the jar.
 */
@NullMarked
package io.kubesolo.update.agent.build;

import org.jspecify.annotations.NullMarked;
