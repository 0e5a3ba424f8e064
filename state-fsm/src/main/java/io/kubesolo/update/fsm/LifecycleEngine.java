package io.kubesolo.update.fsm;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;

/** A port: decides events. Safe for use by several threads; keeps no state between calls. */
public interface LifecycleEngine {
  /**
   * Decides an event. Does no I/O.
   *
   * @param state the state before the event
   * @param event the event
   * @param context the time, the boot and the limit on attempts
   * @return the state after the event, or why it is rejected
   */
  Either<Rejection, UpdateState> decide(UpdateState state, UpdateEvent event, EventContext context);

  /** {@return the edges by which this engine decides} */
  TransitionTable table();
}
