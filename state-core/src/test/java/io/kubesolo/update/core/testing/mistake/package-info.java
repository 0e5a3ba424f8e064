/**
 * Mistakes that are planted in production code to see whether a test finds them: {@link
 * io.kubesolo.update.core.testing.mistake.Mistake} is an edit of a source file, and {@link
 * io.kubesolo.update.core.testing.mistake.Mutant} compiles the code with it and runs the test.
 */
@NullMarked
package io.kubesolo.update.core.testing.mistake;

import org.jspecify.annotations.NullMarked;
