package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import io.vavr.control.Option;

/** Ends a phase that has lasted longer than its deadline. */
public final class Tick {
  private Tick() {}

  /**
   * Sends the event that ends an overdue phase, and returns a line about it; none if no phase is overdue.
   *
   * @param store the store of the lifecycle
   */
  public static Option<String> run(UpdateLifecycle lifecycle, TransitionRecorder store)
      throws Failure {
    Option<Overdue> overdue = lifecycle.overdue();
    while (overdue.isDefined()) {
      UpdateEvent event = overdue.get().event();
      Either<Rejection, UpdateState> answer =
          lifecycle.send(event, lifecycle.state().revision());
      if (answer.isRight() || !(answer.getLeft() instanceof Stale)) {
        return Option.some(store.line(event, Failure.orThrow(answer)));
      }
      // Another process was faster: the phase may not be overdue any more.
      overdue = lifecycle.overdue();
    }
    return Option.none();
  }
}
