package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Boot;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;

/** A wall clock and a kernel that stand still until told to move. */
public final class World {
  public static final Instant START = Instant.parse("2026-05-01T10:00:00Z");

  private Instant now = START;
  private int boots = 1;
  private Duration uptime = Duration.ofMinutes(1);
  private boolean kernelTells = true;

  public LifecycleSettings settings() {
    return LifecycleSettings.DEFAULT.withClock(this::now).withBoot(this::boot);
  }

  public Instant now() {
    return now;
  }

  public Option<Boot> boot() {
    return Option.when(kernelTells, () -> new Boot("boot-" + boots, uptime));
  }

  public void pass(Duration time) {
    now = now.plus(time);
    uptime = uptime.plus(time);
  }

  /** The wall clock is set; the kernel's uptime does not care. */
  public void setClock(Instant instant) {
    now = instant;
  }

  public void reboot() {
    boots++;
    uptime = Duration.ZERO;
  }

  public void hideBoot() {
    kernelTells = false;
  }
}
