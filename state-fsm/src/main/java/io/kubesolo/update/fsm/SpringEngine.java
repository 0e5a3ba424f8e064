package io.kubesolo.update.fsm;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.config.StateMachineBuilder;
import org.springframework.statemachine.support.DefaultStateMachineContext;
import reactor.core.publisher.Mono;

/**
 * Runs Spring Statemachine itself: one machine, set to the phase of the state before each event.
 *
 * <p>Safe for use by several threads, which take turns: a machine that is sent two events at once
 * denies one of them. Everything runs on the caller's thread, and none is started.
 */
public final class SpringEngine implements LifecycleEngine {
  private final StateMachine<Phase, EventType> machine;
  private final TransitionTable table;

  /** Builds and starts the machine, which takes some tenths of a second. */
  public SpringEngine() {
    LifecycleConfig config = new LifecycleConfig();
    machine = build(config);
    table = new TransitionTable(config.edges());
    machine.startReactively().block();
  }

  @Override
  public TransitionTable table() {
    return table;
  }

  @Override
  public synchronized Either<Rejection, UpdateState> decide(
      UpdateState state, UpdateEvent event, EventContext context) {
    setTo(state.phase());
    Attempt attempt = new Attempt(state, event, context);
    machine.sendEvent(Mono.just(attempt.message())).blockLast();

    UpdateState next = attempt.next();
    Phase expected = next == null ? state.phase() : next.phase();
    if (machine.getState().getId() != expected) {
      throw new IllegalStateException("Spring is in %s where the record is in %s"
          .formatted(machine.getState().getId(), expected));
    }
    return next != null
        ? Either.right(next)
        : Either.left(table.refusal(state, event, attempt.denials()));
  }

  private void setTo(Phase phase) {
    machine
        .getStateMachineAccessor()
        .doWithAllRegions(region -> region
            .resetStateMachineReactively(new DefaultStateMachineContext<>(phase, null, null, null))
            .block());
  }

  static StateMachine<Phase, EventType> build(LifecycleConfig config) {
    try {
      StateMachineBuilder.Builder<Phase, EventType> builder = StateMachineBuilder.builder();
      config.configure(builder.configureStates());
      config.configure(builder.configureTransitions());
      return builder.build();
    } catch (Exception e) {
      throw new IllegalStateException("the lifecycle's machine cannot be built", e);
    }
  }
}
