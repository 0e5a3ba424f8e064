package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Arguments;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.config.StateMachineBuilder;
import org.springframework.statemachine.support.DefaultStateMachineContext;
import reactor.core.publisher.Mono;

/**
 * Runs Spring Statemachine itself: one machine, which is reset to the phase of the given state
 * before each event.
 *
 * <p>Listeners, interceptors and monitors of Spring's own can watch the machine. They cannot change
 * a decision: if one vetoes, rewrites or breaks an event, this engine decides it by the edges of
 * the machine, and logs a warning once.
 *
 * <p>Safe for use by several threads. Events are serialized by a lock, because a machine that
 * gets two events at once denies one of them. Everything runs on the caller's thread; no thread
 * is started.
 */
public final class SpringEngine implements LifecycleEngine {
  private static final System.Logger LOG = System.getLogger(SpringEngine.class.getName());

  private final StateMachine<Phase, EventType> machine;
  private final TransitionTable table;
  private final TableEngine fallback;
  private boolean warned;

  /** Builds and starts the machine, which takes some tenths of a second. */
  public SpringEngine() {
    this(observers -> {});
  }

  /**
   * Builds and starts the machine, which takes some tenths of a second.
   *
   * @param customizer adds listeners, interceptors and monitors of Spring's own
   */
  public SpringEngine(Consumer<SpringObservers> customizer) {
    this(build(new LifecycleConfig()), customizer);
  }

  /**
   * Starts a machine that Spring built from {@link LifecycleConfig}, with a {@code
   * StateMachineFactory} for example.
   *
   * @param machine the machine, for the use of this engine only
   * @throws IllegalArgumentException if a transition is not declared as in {@link LifecycleConfig},
   *     or two have the same source and event
   */
  public SpringEngine(StateMachine<Phase, EventType> machine) {
    this(machine, observers -> {});
  }

  /**
   * Starts a machine that Spring built from {@link LifecycleConfig}, with a {@code
   * StateMachineFactory} for example.
   *
   * @param machine the machine, for the use of this engine only
   * @param customizer adds listeners, interceptors and monitors of Spring's own
   * @throws IllegalArgumentException if a transition is not declared as in {@link LifecycleConfig},
   *     or two have the same source and event
   */
  public SpringEngine(
      StateMachine<Phase, EventType> machine, Consumer<SpringObservers> customizer) {
    this.machine = Arguments.requireNonNull(machine, "the machine");
    Arguments.requireNonNull(customizer, "the customizer");
    table = new TransitionTable(MachineModel.of(machine).edges());
    fallback = new TableEngine(table);
    await(machine.startReactively());
    customizer.accept(new SpringObservers(machine));
  }

  @Override
  public TransitionTable table() {
    return table;
  }

  @Override
  public synchronized Either<Rejection, UpdateState> decide(
      UpdateState state, UpdateEvent event, EventContext context) {
    PendingEvent pending = new PendingEvent(state, event, context);
    Throwable failure = run(pending, state.phase());
    if (pending.evaluated().equals(table.edge(state.phase(), event.type()))) {
      UpdateState next = pending.next();
      boolean taken = next != null && isIn(next.phase());
      boolean denied = next == null && isIn(state.phase());
      if (taken) {
        return Either.right(next);
      }
      if (denied && (pending.evaluated().isEmpty() || !pending.denials().isEmpty())) {
        return Either.left(table.rejection(state, event, pending.denials()));
      }
    }
    warn(event, failure);
    return fallback.decide(state, event, context);
  }

  /** Sends an event to the machine, and returns what an observer of the machine threw. */
  private @Nullable Throwable run(PendingEvent pending, Phase phase) {
    try {
      setTo(phase);
      await(machine.sendEvent(Mono.just(pending.message())).then());
      return null;
    } catch (VirtualMachineError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      return e;
    }
  }

  private boolean isIn(Phase phase) {
    return machine.getState() != null && machine.getState().getId() == phase;
  }

  private void warn(UpdateEvent event, @Nullable Throwable failure) {
    if (!warned) {
      warned = true;
      LOG.log(
          Level.WARNING,
          "an interceptor or listener of Spring's machine stopped or changed the event "
              + event.type()
              + ", which was decided nevertheless; further cases are not logged",
          failure);
    }
  }

  private void setTo(Phase phase) {
    machine
        .getStateMachineAccessor()
        .doWithAllRegions(region -> await(region.resetStateMachineReactively(
            new DefaultStateMachineContext<>(phase, null, null, null))));
  }

  /**
   * Runs an operation of the machine on this thread. {@code Mono.block()} is not used because
   * Reactor forbids it on its own threads for parallel work, although here there is nothing to
   * wait for.
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
