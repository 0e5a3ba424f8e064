package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;

/** One way to decide events. For use by one thread. */
@FunctionalInterface
public interface Contender {
  /**
   * Decides an event.
   *
   * @param state the state before the event
   * @param event the event
   * @param context what else there is to know
   * @return the state after the event, or why it is refused
   */
  Either<Rejection, UpdateState> decide(UpdateState state, UpdateEvent event, EventContext context);
}
