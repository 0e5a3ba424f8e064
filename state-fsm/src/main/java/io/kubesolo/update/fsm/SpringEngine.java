package io.kubesolo.update.fsm;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.config.StateMachineBuilder;
import org.springframework.statemachine.support.DefaultStateMachineContext;
import reactor.core.publisher.Mono;

/**
 * Runs Spring Statemachine itself: one machine, which is reset to the phase of the given state before
 * each event.
 *
 * <p>Safe for use by several threads. Events are serialized by a lock, because a machine that gets
 * two events at once denies one of them. Everything runs on the caller's thread; no thread is
 * started.
 */
public final class SpringEngine implements LifecycleEngine {
  private final StateMachine<Phase, EventType> machine;
  private final TransitionTable table;

  /** Builds and starts the machine, which takes some tenths of a second. */
  public SpringEngine() {
    this(build(new LifecycleConfig()));
  }

  /**
   * Starts a machine that Spring built of {@link LifecycleConfig}, by a {@code StateMachineFactory}
   * for example.
   *
   * @param machine the machine, for the use of this engine only
   * @throws IllegalArgumentException if a transition is declared otherwise than in {@link
   *     LifecycleConfig}, or two have the same source and event
   */
  public SpringEngine(StateMachine<Phase, EventType> machine) {
    this.machine = Objects.requireNonNull(machine, "the machine is null");
    table = new TransitionTable(MachineModel.of(machine).edges());
    await(machine.startReactively());
  }

  @Override
  public TransitionTable table() {
    return table;
  }

  @Override
  public synchronized Either<Rejection, UpdateState> decide(
      UpdateState state, UpdateEvent event, EventContext context) {
    setTo(state.phase());
    PendingEvent pending = new PendingEvent(state, event, context);
    await(machine.sendEvent(Mono.just(pending.message())).then());

    UpdateState next = pending.next();
    Phase expected = next == null ? state.phase() : next.phase();
    if (machine.getState().getId() != expected) {
      throw new IllegalStateException("Spring's machine is in %s, but the state is in %s"
          .formatted(machine.getState().getId(), expected));
    }
    return next != null
        ? Either.right(next)
        : Either.left(table.refusal(state, event, pending.denials()));
  }

  private void setTo(Phase phase) {
    machine
        .getStateMachineAccessor()
        .doWithAllRegions(region -> await(region.resetStateMachineReactively(
            new DefaultStateMachineContext<>(phase, null, null, null))));
  }

  /**
   * Runs an operation of the machine, which is done on this thread. Reactor's own way to wait is
   * forbidden on its threads for parallel work, although here there is nothing to wait for.
   */
  private static void await(Mono<Void> operation) {
    try {
      operation.toFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw e;
    }
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
