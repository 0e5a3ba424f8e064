/**
 * The update lifecycle for an agent; {@link io.kubesolo.update.fsm.UpdateLifecycle} is the way in.
 *
 * <p>The contract for an agent that embeds it:
 *
 * <ol>
 *   <li>Open one lifecycle for a state file, and keep it for the life of the process.
 *   <li>Reconcile with the version that runs, before any work.
 *   <li>Send an event for each thing that happens, {@code activate} and {@code rollback} before the
 *       boot loader is touched, {@code confirm} after the slot is marked good.
 *   <li>Act on the outside only after {@code Right}, and so that doing it twice does no harm: a
 *       power cut may come between the event and the act.
 *   <li>Report a {@code Left} by its message. After {@code UNKNOWN}, touch nothing outside and send
 *       again.
 *   <li>Let a listener only watch: it is told when the event is long done, by a thread of its own,
 *       and what it sends is refused. Close the lifecycle to let it hear the end.
 * </ol>
 */
@NullMarked
package io.kubesolo.update.fsm;

import org.jspecify.annotations.NullMarked;
