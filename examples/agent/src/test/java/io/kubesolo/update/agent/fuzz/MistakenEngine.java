package io.kubesolo.update.agent.fuzz;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.vavr.control.Either;
import java.util.function.BinaryOperator;

/** Decides as the table does, and changes the state after an accepted event. */
final class MistakenEngine implements LifecycleEngine {
  private final LifecycleEngine engine = new TableEngine();
  private final BinaryOperator<UpdateState> mistake;

  /**
   * Plants a mistake.
   *
   * @param mistake takes the state before an event and the right one after it, and returns the wrong one
   */
  MistakenEngine(BinaryOperator<UpdateState> mistake) {
    this.mistake = mistake;
  }

  @Override
  public TransitionTable table() {
    return engine.table();
  }

  @Override
  public Either<Rejection, UpdateState> decide(
      UpdateState state, UpdateEvent event, EventContext context) {
    return engine.decide(state, event, context).map(next -> mistake.apply(state, next));
  }
}
