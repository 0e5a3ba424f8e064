package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Threads that share a lifecycle get answers that they could have got one after another. Lincheck
 * makes up the threads' work, and looks for an order of it that explains the answers.
 */
public final class LinearizabilityTest {
  /** A store that lets all threads in at the same time. */
  private static class Unlocked implements StateStore {
    private UpdateState disk = UpdateState.fresh(Device.NOW);

    @Override
    public Either<StoreFailure, Loaded> open() {
      return read();
    }

    @Override
    public Either<StoreFailure, Loaded> read() {
      return Either.right(new Loaded(disk, List.of()));
    }

    @Override
    public <T> Either<Rejection, T> exclusively(
        BiFunction<Loaded, PersistListener, Either<Rejection, T>> work) {
      return work.apply(new Loaded(disk, List.of()), transition -> {
        LockSupport.parkNanos(1);
        disk = transition.after();
        return Either.right(disk);
      });
    }
  }

  /** A store that lets one thread in at a time, as every store must. */
  private static final class Locked extends Unlocked {
    private final ReentrantLock turn = new ReentrantLock(true);

    @Override
    public <T> Either<Rejection, T> exclusively(
        BiFunction<Loaded, PersistListener, Either<Rejection, T>> work) {
      turn.lock();
      try {
        return super.exclusively(work);
      } finally {
        turn.unlock();
      }
    }
  }

  private static String answer(Either<Rejection, UpdateState> answer) {
    return answer.fold(
        no -> no.getClass().getSimpleName(), yes -> yes.phase() + " " + yes.revision());
  }

  /** The operations of the threads on a lifecycle. */
  public static final class Shared {
    private final UpdateLifecycle lifecycle = UpdateLifecycle.open(
            new Locked(),
            LifecycleSettings.DEFAULT.withClock(Device.CLOCK).withBoot(Option::none),
            new TableEngine())
        .get();

    /** Sends an event that only one of two threads can send with success. */
    @Operation
    public String check() {
      return answer(lifecycle.send(new UpdateEvent.Check()));
    }

    @Operation
    public String cancel() {
      return answer(lifecycle.send(new UpdateEvent.Cancel()));
    }

    @Operation
    public String checkAtTheFirstRevision() {
      return answer(lifecycle.send(new UpdateEvent.Check(), 0));
    }

    @Operation
    public long revision() {
      return lifecycle.state().revision();
    }
  }

  /** The operations over a store that does not exclude others. */
  public static final class Unordered {
    private final StateStore store = new Unlocked();
    private final EventContext context = new EventContext(Device.NOW, Option.none(), 0);

    @Operation
    public String check() {
      return send(new UpdateEvent.Check());
    }

    @Operation
    public String cancel() {
      return send(new UpdateEvent.Cancel());
    }

    private String send(UpdateEvent event) {
      return answer(store.exclusively((loaded, persistListener) -> {
        UpdateState before = loaded.state();
        return new TableEngine()
            .decide(before, event, context)
            .flatMap(after ->
                Either.narrow(persistListener.onAccepted(new Transition(before, event, after))));
      }));
    }
  }

  private static void stress(Class<?> operations) {
    new StressOptions()
        .iterations(10)
        .invocationsPerIteration(200)
        .threads(2)
        .actorsPerThread(4)
        .minimizeFailedScenario(false)
        .check(operations);
  }

  @Test
  void threadsGetTheAnswersOfSomeOrderOfTheirEvents() {
    stress(Shared.class);
  }

  @Test
  void anAnswerOutOfOrderIsDetected() {
    assertThatThrownBy(() -> stress(Unordered.class))
        .isInstanceOf(LincheckAssertionError.class)
        .hasMessageContaining("Invalid execution results");
  }
}
