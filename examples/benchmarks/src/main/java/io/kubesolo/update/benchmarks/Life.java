package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;

/** A whole update, from idle to idle: seven accepted events of seven types. */
public final class Life {
  /** The number of events of an update. */
  public static final int LENGTH = 7;

  static final List<UpdateEvent> EVENTS = List.of(
      new UpdateEvent.Check(),
      new UpdateEvent.Download("v1.1", "v1.0"),
      new UpdateEvent.Stage(),
      new UpdateEvent.Activate(),
      new UpdateEvent.Verify("v1.1"),
      new UpdateEvent.Confirm(),
      new UpdateEvent.Acknowledge());

  /** How many updates fill the history. */
  public static final int FILLING = 4;

  private static final String BOOT_ID = "9f2f2c52-6d0c-4b0c-8f0e-3d9a5d3a1f10";

  /** The system clock, and a boot that is made for each event, without reading a file. */
  private static final LifecycleSettings SETTINGS = LifecycleSettings.DEFAULT.withBoot(Life::boot);

  private Life() {}

  /**
   * Returns the event after a number of others.
   *
   * @param others the number of events that came before
   * @return the next event
   */
  public static UpdateEvent event(long others) {
    return EVENTS.get((int) (others % LENGTH));
  }

  /** Returns a new moment of the boot, which shares no object with another. */
  static Option<Boot> boot() {
    return Option.some(new Boot(
        new String(BOOT_ID.toCharArray()), Duration.ofMillis(System.nanoTime() / 1_000_000)));
  }

  /** Returns a lifecycle over a store in memory, idle after a number of updates. */
  static UpdateLifecycle lifecycle(LifecycleEngine engine, int updates) {
    UpdateLifecycle lifecycle =
        UpdateLifecycle.open(new MemoryStore(), SETTINGS, engine).get();
    for (int i = 0; i < updates; i++) {
      EVENTS.forEach(event -> lifecycle.send(event).get());
    }
    return lifecycle;
  }

  /** A store in memory, whose cost is negligible. */
  private static final class MemoryStore implements StateStore, PersistListener {
    private Loaded stored = new Loaded(UpdateState.fresh(Instant.now()), List.of());

    @Override
    public Either<StoreFailure, Loaded> open() {
      return read();
    }

    @Override
    public synchronized Either<StoreFailure, Loaded> read() {
      return Either.right(stored);
    }

    @Override
    public synchronized <T> Either<Rejection, T> exclusively(
        BiFunction<Loaded, PersistListener, Either<Rejection, T>> work) {
      return work.apply(stored, this);
    }

    @Override
    public Either<NotPersisted, UpdateState> onAccepted(Transition transition) {
      stored = new Loaded(transition.after(), List.of());
      return Either.right(transition.after());
    }
  }
}
