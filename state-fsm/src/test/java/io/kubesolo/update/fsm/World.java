package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Boot;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;

/** A wall clock and a kernel that stand still until told to move. */
final class World {
  static final Instant START = Instant.parse("2026-05-01T10:00:00Z");

  private Instant now = START;
  private int boots = 1;
  private Duration uptime = Duration.ofMinutes(1);
  private boolean kernelTells = true;

  LifecycleSettings settings() {
    return LifecycleSettings.DEFAULT.withClock(this::now).withBoot(this::boot);
  }

  Instant now() {
    return now;
  }

  Option<Boot> boot() {
    return Option.when(kernelTells, () -> new Boot("boot-" + boots, uptime));
  }

  void pass(Duration time) {
    now = now.plus(time);
    uptime = uptime.plus(time);
  }

  /** The wall clock is set; the kernel's uptime does not care. */
  void setClock(Instant instant) {
    now = instant;
  }

  void reboot() {
    boots++;
    uptime = Duration.ZERO;
  }

  void hideBoot() {
    kernelTells = false;
  }
}
