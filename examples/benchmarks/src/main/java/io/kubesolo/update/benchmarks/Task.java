package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way through a library, with the guards and actions that the library is told to
 * call. They leave here what the library's own answer has no room for.
 *
 * <p>For use by one thread.
 */
final class Task {
  private UpdateState state = UpdateState.fresh(Instant.EPOCH);
  private UpdateEvent event = new UpdateEvent.Check();
  private EventContext context = new EventContext(Instant.EPOCH, Option.none(), 0);

  private List<Denial> denials = List.of();
  private @Nullable UpdateState next;

  /** Makes this the task of another event, which is cheaper than a task for each. */
  void begin(UpdateState present, UpdateEvent sent, EventContext around) {
    state = present;
    event = sent;
    context = around;
    denials = List.of();
    next = null;
  }

  /** What came of it, once the library is done. */
  Either<Rejection, UpdateState> answer() {
    if (next != null) {
      return Either.right(next);
    }
    return Either.left(
        denials.isEmpty()
            ? Refusals.illegal(state, event)
            : Refusals.denied(state, event, denials));
  }

  boolean isFresh() {
    denials = Refusals.fresh(state, (Download) event, context);
    return denials.isEmpty();
  }

  boolean isNewer() {
    denials = Refusals.newer(state, (Download) event, context);
    return denials.isEmpty();
  }

  boolean isRunningTarget() {
    denials = Refusals.verify(state, (Verify) event, context);
    return denials.isEmpty();
  }

  void check() {
    next = Records.checking(state, context);
  }

  void idleAgain() {
    next = Records.idleAgain(state, context);
  }

  void cancel() {
    next = Records.idle(state, "cancel", context);
  }

  void acknowledge() {
    next = Records.idle(state, "acknowledge", context);
  }

  void download() {
    next = Records.downloading(state, (Download) event, context);
  }

  void newAttempt() {
    next = Records.newAttempt(state, (Download) event, context);
  }

  void stage() {
    next = Records.forward(state, "stage", Phase.STAGED, context);
  }

  void activate() {
    next = Records.forward(state, "activate", Phase.ACTIVATED, context);
  }

  void verify() {
    next = Records.forward(state, "verify", Phase.VERIFYING, context);
  }

  void confirm() {
    next = Records.success(state, context);
  }

  void fail() {
    next = Records.failed(state, (Fail) event, context);
  }

  void rollback() {
    next = Records.rolledBack(state, (Rollback) event, context);
  }
}
