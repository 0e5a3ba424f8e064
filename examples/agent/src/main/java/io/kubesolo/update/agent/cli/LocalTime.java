package io.kubesolo.update.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;

/** Formats moments for the operator: {@code 2026-01-31 08:05:09 +01:00}. */
final class LocalTime {
  private static final Path LOCALTIME = Path.of("/etc/localtime");
  private static final Set<String> UTC =
      Set.of("UTC", "UTC0", "Etc/UTC", "/usr/share/zoneinfo/UTC", "/usr/share/zoneinfo/Etc/UTC");

  private LocalTime() {}

  /** Returns a moment to the second, in the time zone of this process. */
  static String of(Instant moment) {
    return of(moment, isUtc() ? ZoneOffset.UTC : ZoneId.systemDefault());
  }

  /**
   * Returns whether the time zone is certainly UTC. On most devices it is, and loading the rules of
   * all zones takes a fifth of the time of a command.
   */
  private static boolean isUtc() {
    if (!System.getProperty("user.timezone", "").isEmpty()) {
      return false;
    }
    String zone = System.getenv("TZ");
    try {
      return UTC.contains(
          zone == null || zone.isEmpty() ? Files.readSymbolicLink(LOCALTIME).toString() : zone);
    } catch (IOException e) {
      return false;
    }
  }

  static String of(Instant moment, ZoneId zone) {
    ZoneOffset offset = zone.getRules().getOffset(moment);
    OffsetDateTime time = moment.atOffset(offset);
    return time.toLocalDate()
        + " "
        + twoDigits(time.getHour())
        + ":"
        + twoDigits(time.getMinute())
        + ":"
        + twoDigits(time.getSecond())
        + " "
        + (offset.getTotalSeconds() == 0 ? "UTC" : offset.getId());
  }

  private static String twoDigits(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }
}
