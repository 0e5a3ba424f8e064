package io.kubesolo.update.agent.cli;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Moments as a person reads them: {@code 2026-01-31 08:05:09 +01:00}. */
final class LocalTime {
  private LocalTime() {}

  /** Returns a moment to the second, in the time zone of this process. */
  static String of(Instant moment) {
    return of(moment, ZoneId.systemDefault());
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
