package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.vavr.control.Either;

/**
 * The implementations that are compared. Each gives the same answer to every event in every state.
 */
public enum Contender {
  /** A switch over the event, which constructs the next record by one call. */
  SWITCH("hand-written switch"),
  /** Our table. */
  TABLE("TableEngine"),
  /** stateless4j, one machine whose state is kept outside. */
  STATELESS4J("stateless4j"),
  /** COLA, one machine without a state. */
  COLA("COLA"),
  /** squirrel-foundation, one machine that keeps the phase. */
  SQUIRREL("squirrel"),
  /** Our Spring Statemachine. */
  SPRING("SpringEngine");

  final String title;

  Contender(String title) {
    this.title = title;
  }

  /** {@return a new one} */
  Decider make() {
    return switch (this) {
      case SWITCH -> HandWritten::decide;
      case TABLE -> new TableEngine()::decide;
      case STATELESS4J -> new LibraryMachine.Stateless4j();
      case COLA -> new LibraryMachine.Cola();
      case SQUIRREL -> new LibraryMachine.Squirrel();
      case SPRING -> new SpringEngine()::decide;
    };
  }

  /** Returns the state after an event, or why it is rejected. For use by one thread. */
  @FunctionalInterface
  interface Decider {
    Either<Rejection, UpdateState> decide(
        UpdateState state, UpdateEvent event, EventContext context);
  }
}
