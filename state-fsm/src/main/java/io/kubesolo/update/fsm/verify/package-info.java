/**
 * Checks of the machine for faults, such as a phase that cannot be left; {@link
 * io.kubesolo.update.fsm.verify.Verifier} is the entry point. The build fails if it finds one.
 */
@NullMarked
package io.kubesolo.update.fsm.verify;

import org.jspecify.annotations.NullMarked;
