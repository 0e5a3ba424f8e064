package io.kubesolo.update.benchmarks;

import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;

/** What is compared. Each gives the same answer to every event in every state. */
public enum Contenders {
  /** A nested switch over phase and event, which makes the record there. */
  SWITCH("hand-written switch"),
  /** Our table. */
  TABLE("TableEngine"),
  /** stateless4j, one machine whose state is kept outside. */
  STATELESS4J("stateless4j"),
  /** COLA, one machine without a state. */
  COLA("COLA"),
  /** squirrel-foundation, one machine that stands where the record stands. */
  SQUIRREL("squirrel"),
  /** Our Spring Statemachine. */
  SPRING("SpringEngine");

  private final String title;

  Contenders(String title) {
    this.title = title;
  }

  /** {@return the name in tables} */
  public String title() {
    return title;
  }

  /** {@return a new one} */
  public Contender make() {
    return switch (this) {
      case SWITCH -> new HandWritten();
      case TABLE -> new TableEngine()::decide;
      case STATELESS4J -> new Stateless4j();
      case COLA -> new Cola();
      case SQUIRREL -> new Squirrel();
      case SPRING -> new SpringEngine()::decide;
    };
  }
}
