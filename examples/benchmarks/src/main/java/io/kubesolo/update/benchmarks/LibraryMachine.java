package io.kubesolo.update.benchmarks;

import com.alibaba.cola.statemachine.StateMachine;
import com.alibaba.cola.statemachine.builder.StateMachineBuilder;
import com.alibaba.cola.statemachine.builder.StateMachineBuilderFactory;
import com.github.oxo42.stateless4j.StateMachineConfig;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.TableEngine;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.squirrelframework.foundation.fsm.AnonymousAction;
import org.squirrelframework.foundation.fsm.AnonymousCondition;
import org.squirrelframework.foundation.fsm.impl.AbstractStateMachine;

/**
 * The machine in another library, built from our table. It keeps the present event while the
 * library looks up the edge and calls {@link #passes} and {@link #take}, which store what the
 * library cannot return.
 */
abstract class LibraryMachine implements Contender.Decider {
  private static final List<Edge> EDGES = new TableEngine().table().edges();

  private UpdateState state = UpdateState.fresh(Instant.EPOCH);
  private UpdateEvent event = new UpdateEvent.Check();
  private EventContext context = new EventContext(Instant.EPOCH, Option.none(), 0);
  private List<Denial> denials = List.of();
  private @Nullable UpdateState next;

  /** Sends an event to the library's machine in a phase; it takes the edge, if there is one. */
  abstract void fire(Phase phase, EventType type);

  @Override
  public final Either<Rejection, UpdateState> decide(
      UpdateState present, UpdateEvent sent, EventContext around) {
    state = present;
    event = sent;
    context = around;
    denials = List.of();
    next = null;
    fire(present.phase(), sent.type());
    return next != null
        ? Either.right(next)
        : Either.left(HandWritten.refusal(state, event, denials));
  }

  /** Evaluates the guards of the edge. */
  final boolean passes() {
    denials = HandWritten.denials(state, event, context);
    return denials.isEmpty();
  }

  /** Makes the state after the edge. */
  final void take() {
    next = HandWritten.after(state, event, context);
  }

  /** stateless4j, whose state is kept outside, which the library supports. */
  static final class Stateless4j extends LibraryMachine {
    private final com.github.oxo42.stateless4j.StateMachine<Phase, EventType> machine;
    private Phase present = Phase.IDLE;

    Stateless4j() {
      StateMachineConfig<Phase, EventType> config = new StateMachineConfig<>();
      for (Edge edge : EDGES) {
        var from = config.configure(edge.from());
        if (edge.from() == edge.to()) {
          from.permitReentryIf(edge.event(), this::passes, this::take);
        } else if (edge.guards().isEmpty()) {
          from.permit(edge.event(), edge.to(), this::take);
        } else {
          from.permitIf(edge.event(), edge.to(), this::passes, this::take);
        }
      }
      machine = new com.github.oxo42.stateless4j.StateMachine<>(
          Phase.IDLE, () -> present, next -> present = next, config);
      machine.onUnhandledTrigger((state, trigger) -> {});
    }

    @Override
    void fire(Phase phase, EventType type) {
      present = phase;
      machine.fire(type);
    }
  }

  /** COLA, which keeps no state, and passes a context to guards and actions. */
  static final class Cola extends LibraryMachine {
    private final StateMachine<Phase, EventType, LibraryMachine> machine;

    Cola() {
      StateMachineBuilder<Phase, EventType, LibraryMachine> builder =
          StateMachineBuilderFactory.create();
      for (Edge edge : EDGES) {
        var on = builder.externalTransition().from(edge.from()).to(edge.to()).on(edge.event());
        (edge.guards().isEmpty() ? on : on.when(LibraryMachine::passes))
            .perform((from, to, event, context) -> context.take());
      }
      machine = builder.build(UUID.randomUUID().toString());
    }

    @Override
    void fire(Phase phase, EventType type) {
      machine.fireEvent(phase, type, this);
    }
  }

  /**
   * squirrel-foundation, which keeps the phase. An event in the phase that the last one led to
   * continues from there, as the library is meant to be used; another phase needs a new machine.
   */
  static final class Squirrel extends LibraryMachine {
    private final org.squirrelframework.foundation.fsm.StateMachineBuilder<
            Machine, Phase, EventType, LibraryMachine>
        builder = org.squirrelframework.foundation.fsm.StateMachineBuilderFactory.create(
            Machine.class, Phase.class, EventType.class, LibraryMachine.class);
    private Machine machine;

    /** Squirrel makes instances of a class of the user's. */
    static final class Machine
        extends AbstractStateMachine<Machine, Phase, EventType, LibraryMachine> {}

    Squirrel() {
      for (Edge edge : EDGES) {
        var on = builder.externalTransition().from(edge.from()).to(edge.to()).on(edge.event());
        (edge.guards().isEmpty() ? on : on.when(new Passes())).perform(new Take());
      }
      machine = builder.newStateMachine(Phase.IDLE);
    }

    private static final class Passes extends AnonymousCondition<LibraryMachine> {
      @Override
      public boolean isSatisfied(LibraryMachine context) {
        return context.passes();
      }
    }

    private static final class Take
        extends AnonymousAction<Machine, Phase, EventType, LibraryMachine> {
      @Override
      public void execute(
          Phase from, Phase to, EventType event, LibraryMachine context, Machine machine) {
        context.take();
      }
    }

    @Override
    void fire(Phase phase, EventType type) {
      if (machine.getCurrentState() != phase) {
        machine = builder.newStateMachine(phase);
      }
      machine.fire(type, this);
    }
  }
}
