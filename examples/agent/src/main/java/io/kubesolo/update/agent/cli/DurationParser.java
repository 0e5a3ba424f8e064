package io.kubesolo.update.agent.cli;

import io.vavr.control.Either;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as an operator types them, and as the agent prints them: {@code 90s}, {@code 1h 30m}. */
final class DurationParser {
  private static final Pattern SYNTAX = Pattern.compile(
      "(?:([0-9]{1,9})d)? ?(?:([0-9]{1,9})h)? ?(?:([0-9]{1,9})m)? ?(?:([0-9]{1,9})s)?");
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private DurationParser() {}

  /** Reads a duration of at most 100 years, or says what is wrong with it. */
  static Either<String, Duration> parse(String text) {
    Matcher parts = SYNTAX.matcher(text);
    if (text.isBlank() || !parts.matches()) {
      return Either.left("'" + text + "' is no duration, such as 90s, 5m, 6h or 1h30m");
    }
    Duration sum = Duration.ofDays(part(parts, 1))
        .plusHours(part(parts, 2))
        .plusMinutes(part(parts, 3))
        .plusSeconds(part(parts, 4));
    return sum.compareTo(LONGEST) <= 0
        ? Either.right(sum)
        : Either.left("'" + text + "' is longer than 100 years");
  }

  private static long part(Matcher parts, int group) {
    String digits = parts.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
