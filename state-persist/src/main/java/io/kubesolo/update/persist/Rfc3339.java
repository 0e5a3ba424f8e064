package io.kubesolo.update.persist;

import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Timestamps in the format of RFC 3339, in the years 0000 to 9999, to the nanosecond. */
final class Rfc3339 {
  private static final int DATE_AND_TIME = "2006-01-02T15:04:05".length();
  private static final int OFFSET = "+01:00".length();
  private static final int MAX_FRACTION = 9;

  private Rfc3339() {}

  /** Writes an instant in UTC, with as many digits of a second as it needs. */
  static String format(Instant instant) {
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    StringBuilder text = new StringBuilder(32);
    pad(text, time.getYear(), 4).append('-');
    pad(text, time.getMonthValue(), 2).append('-');
    pad(text, time.getDayOfMonth(), 2).append('T');
    pad(text, time.getHour(), 2).append(':');
    pad(text, time.getMinute(), 2).append(':');
    pad(text, time.getSecond(), 2);
    int nanos = time.getNano();
    if (nanos > 0) {
      pad(text.append('.'), nanos, MAX_FRACTION);
      while (text.charAt(text.length() - 1) == '0') {
        text.setLength(text.length() - 1);
      }
    }
    return text.append('Z').toString();
  }

  /** Reads a timestamp of any offset, or says what is wrong with it. */
  static Either<String, Instant> parse(String text) {
    try {
      int end = fractionEnd(text);
      LocalDateTime local = LocalDateTime.of(
          number(text, 0, 4, '-'),
          number(text, 5, 2, '-'),
          number(text, 8, 2, 'T'),
          number(text, 11, 2, ':'),
          number(text, 14, 2, ':'),
          number(text, 17, 2, '\0'),
          nanos(text, end));
      Instant instant = local.toInstant(ZoneOffset.UTC).minusSeconds(offsetSeconds(text, end));
      return instant.isBefore(UpdateState.MIN_INSTANT) || instant.isAfter(UpdateState.MAX_INSTANT)
          ? Either.left("is outside the years 0000 to 9999")
          : Either.right(instant);
    } catch (DateTimeException | IndexOutOfBoundsException e) {
      return Either.left("is not an RFC 3339 time");
    }
  }

  private static int fractionEnd(String text) {
    int end = DATE_AND_TIME;
    if (text.charAt(end) != '.') {
      return end;
    }
    do {
      end++;
    } while (isDigit(text.charAt(end)));
    require(end > DATE_AND_TIME + 1 && end <= DATE_AND_TIME + 1 + MAX_FRACTION);
    return end;
  }

  private static int nanos(String text, int end) {
    int nanos = 0;
    for (int i = 0; i < MAX_FRACTION; i++) {
      int at = DATE_AND_TIME + 1 + i;
      nanos = nanos * 10 + (at < end ? text.charAt(at) - '0' : 0);
    }
    return nanos;
  }

  private static int offsetSeconds(String text, int start) {
    char sign = text.charAt(start);
    if (sign == 'Z' || sign == 'z') {
      require(text.length() == start + 1);
      return 0;
    }
    require((sign == '+' || sign == '-') && text.length() == start + OFFSET);
    int hours = number(text, start + 1, 2, ':');
    int minutes = number(text, start + 4, 2, '\0');
    require(hours < 24 && minutes < 60);
    int seconds = (hours * 60 + minutes) * 60;
    return sign == '-' ? -seconds : seconds;
  }

  /**
   * Returns the number at a place. Unless {@code followedBy} is NUL, it must follow, in any case.
   */
  private static int number(String text, int start, int digits, char followedBy) {
    int number = 0;
    for (int i = start; i < start + digits; i++) {
      require(isDigit(text.charAt(i)));
      number = number * 10 + (text.charAt(i) - '0');
    }
    require(followedBy == '\0' || Character.toUpperCase(text.charAt(start + digits)) == followedBy);
    return number;
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }

  private static StringBuilder pad(StringBuilder text, int number, int digits) {
    String written = Integer.toString(number);
    return text.append("0".repeat(digits - written.length())).append(written);
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new DateTimeException("not RFC 3339");
    }
  }
}
