package io.kubesolo.update.fsm;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;

/** A port: what decides events. Safe for use by several threads; remembers nothing between calls. */
public interface LifecycleEngine {
  /**
   * Decides an event. Does no I/O.
   *
   * @param state the state before the event
   * @param event the event
   * @param context what else there is to know
   * @return the state after the event, or why it is refused
   */
  Either<Rejection, UpdateState> decide(UpdateState state, UpdateEvent event, EventContext context);

  /** {@return the edges by which this engine decides} */
  TransitionTable table();
}
