package io.kubesolo.update.agent.testkit;

import io.kubesolo.update.agent.monitor.StatusReader;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import java.nio.file.Path;
import java.util.Optional;

/** Readers of the status with the default limits. */
public final class Readers {
  private Readers() {}

  /** Reads a state file, without a device. */
  public static StatusReader of(Path file) {
    return of(file, Optional.empty(), LifecycleSettings.DEFAULT);
  }

  public static StatusReader of(Path file, Optional<Path> device, LifecycleSettings settings) {
    return new StatusReader(file, device, () -> settings, new TableEngine(), "1.2.3");
  }
}
