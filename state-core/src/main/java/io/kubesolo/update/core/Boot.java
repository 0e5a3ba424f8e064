package io.kubesolo.update.core;

import java.time.Duration;

/**
 * One moment within one run of the kernel. Two moments with the same id can be compared by their
 * uptimes, which only go forward; the wall clock of such a device starts anywhere and jumps.
 *
 * @param id the kernel's id of this boot, not blank
 * @param uptime the time since this boot, zero or more
 */
public record Boot(String id, Duration uptime) {
  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the id is blank or the uptime negative
   */
  public Boot {
    if (id.isBlank() || Text.hasLoneSurrogate(id)) {
      throw new IllegalArgumentException("boot id is blank or not well-formed Unicode");
    }
    if (uptime.isNegative()) {
      throw new IllegalArgumentException("uptime is negative: " + uptime);
    }
  }
}
