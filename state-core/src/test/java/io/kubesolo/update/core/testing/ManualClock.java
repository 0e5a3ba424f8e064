package io.kubesolo.update.core.testing;

import io.kubesolo.update.core.Boot;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A wall clock, and the boot and uptime of a kernel, that change only if a test changes them.
 *
 * <p>For use by one thread.
 */
public final class ManualClock implements InstantSource {
  /**
   * The wall clock of a new object. Its kernel is in {@code boot-1}, at an uptime of one minute.
   */
  public static final Instant START = Instant.parse("2026-05-01T10:00:00Z");

  private Instant now = START;
  private int boots = 1;
  private Duration uptime = Duration.ofMinutes(1);
  private boolean bootKnown = true;

  /** Makes a clock that shows {@link #START}. */
  public ManualClock() {}

  @Override
  public Instant instant() {
    return now;
  }

  /** {@return the boot and the uptime, or none after {@link #hideBoot}} */
  public Option<Boot> boot() {
    return Option.when(bootKnown, () -> new Boot("boot-" + boots, uptime));
  }

  /**
   * Advances both the wall clock and the uptime.
   *
   * @param time the time that passes
   */
  public void advance(Duration time) {
    now = now.plus(time);
    uptime = uptime.plus(time);
  }

  /**
   * Sets the wall clock. The uptime stays.
   *
   * @param instant the new time
   */
  public void setWallClock(Instant instant) {
    now = instant;
  }

  /** Starts the next boot: another boot id, and an uptime of zero. The wall clock stays. */
  public void reboot() {
    boots++;
    uptime = Duration.ZERO;
  }

  /** Starts the next boot of a kernel that gives every boot the same id. */
  public void rebootWithTheSameId() {
    uptime = Duration.ZERO;
  }

  /** Makes the boot and the uptime unknown, as on a system without {@code /proc}. */
  public void hideBoot() {
    bootKnown = false;
  }
}
