/**
 * The lifecycle of an update, for an agent; {@link io.kubesolo.update.fsm.UpdateLifecycle} is the
 * entry point.
 *
 * <p>The contract for an agent that embeds it:
 *
 * <ol>
 *   <li>Open one lifecycle for a state file, and keep it for the life of the process.
 *   <li>Reconcile with the version that runs, before any work. If it was rejected, do no work.
 *       Only one process reconciles, and none while another one does the work of a phase, because
 *       that would cancel this work.
 *   <li>Send each event when it happens, {@code activate} and {@code rollback} before the
 *       boot loader is changed, {@code confirm} after the slot is marked good.
 *   <li>Change anything outside, such as the boot loader, only after {@code Right}, and
 *       idempotently: power may be lost between the event and the change.
 *   <li>Report a {@code Left} by its message. After {@code UNKNOWN}, change nothing outside and
 *       send the same event again, or call {@code reconcile} again if that was its answer.
 *   <li>A listener only observes: it is notified after the event is durable, on a thread of its
 *       own, and an event that it sends is rejected.
 *   <li>Close the lifecycle, so that the listeners are notified of the last event.
 *   <li>Call {@code overdue} from time to time, and send the event that it returns: nothing else
 *       enforces the deadlines.
 * </ol>
 */
@NullMarked
package io.kubesolo.update.fsm;

import org.jspecify.annotations.NullMarked;
