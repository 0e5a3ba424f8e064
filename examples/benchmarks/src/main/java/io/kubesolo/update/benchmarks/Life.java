package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Activate;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A whole update, from idle to idle: seven accepted events of seven types. */
final class Life {
  /** How many events it has. */
  static final int LENGTH = 7;

  static final List<UpdateEvent> EVENTS = List.of(
      new Check(),
      new Download("v1.1", "v1.0"),
      new Stage(),
      new Activate(),
      new Verify("v1.1"),
      new Confirm(),
      new Acknowledge());

  /** How many updates fill the history. */
  static final int FILLING = 4;

  private static final String BOOT_ID = "9f2f2c52-6d0c-4b0c-8f0e-3d9a5d3a1f10";

  /** The system's clock, and a kernel that tells its boot anew each time, but needs no file for it. */
  private static final LifecycleSettings SETTINGS = LifecycleSettings.DEFAULT.withBoot(Life::boot);

  private Life() {}

  /** A moment as the kernel tells it: no part of it is shared with another. */
  static Option<Boot> boot() {
    return Option.some(new Boot(
        new String(BOOT_ID.toCharArray()), Duration.ofMillis(System.nanoTime() / 1_000_000)));
  }

  /** A lifecycle over a store in memory, idle after so many updates. */
  static UpdateLifecycle lifecycle(LifecycleEngine engine, int updates) {
    UpdateState fresh = UpdateState.fresh(Instant.now());
    UpdateLifecycle lifecycle =
        UpdateLifecycle.open(new MemoryStore(fresh), SETTINGS, engine).get();
    for (int i = 0; i < updates; i++) {
      EVENTS.forEach(event -> lifecycle.send(event).get());
    }
    return lifecycle;
  }
}
