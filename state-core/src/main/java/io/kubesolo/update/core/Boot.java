package io.kubesolo.update.core;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * A moment in one boot of the kernel. Two moments of the same boot can be compared by their
 * uptimes, which only increase. The wall clock cannot be used for this, because a device without a
 * battery starts with a wrong time that is corrected later.
 *
 * @param id the kernel's id of the boot, not blank
 * @param uptime the time since this boot, zero or more, at most {@link #MAX_UPTIME}, cut
 *     to milliseconds
 */
public record Boot(String id, Duration uptime) {
  /**
   * The id of a moment that was read from a database's clock; the uptime is then the time since
   * 1970. Such a moment says how old a phase is, but not whether the device booted.
   */
  public static final String DATABASE = "db";

  /** The longest uptime that the state file can hold. */
  public static final Duration MAX_UPTIME = Duration.ofSeconds(1_000_000_000_000L);

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the id is blank or not well-formed Unicode, or the uptime
   *     is out of range, or one of them is null
   */
  public Boot {
    Arguments.requireNonNull(id, "boot id");
    Arguments.requireNonNull(uptime, "uptime");
    if (id.isBlank() || Text.hasLoneSurrogate(id)) {
      throw new IllegalArgumentException("boot id is blank or not well-formed Unicode");
    }
    if (uptime.isNegative() || uptime.compareTo(MAX_UPTIME) > 0) {
      throw new IllegalArgumentException("uptime is out of range: " + uptime);
    }
    uptime = uptime.truncatedTo(ChronoUnit.MILLIS);
  }
}
