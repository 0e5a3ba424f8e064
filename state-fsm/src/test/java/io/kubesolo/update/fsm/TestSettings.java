package io.kubesolo.update.fsm;

import io.kubesolo.update.core.testing.ManualClock;

/** The default settings with clocks that the test moves. */
public final class TestSettings {
  private TestSettings() {}

  /** Returns settings that read the wall clock, the boot and the uptime from one clock. */
  public static LifecycleSettings with(ManualClock clock) {
    return LifecycleSettings.DEFAULT.withClock(clock).withBoot(clock::boot);
  }
}
