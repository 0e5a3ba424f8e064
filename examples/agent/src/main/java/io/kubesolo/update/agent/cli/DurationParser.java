package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses durations as an operator types them, {@code 90s} or {@code 1h30m}, and as {@link
 * io.kubesolo.update.core.Deadlines#inWords} formats them.
 */
final class DurationParser {
  private static final Pattern SYNTAX = Pattern.compile(
      "(?:([0-9]{1,9})d)? ?(?:([0-9]{1,9})h)? ?(?:([0-9]{1,9})m)? ?(?:([0-9]{1,9})s)?");
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private DurationParser() {}

  /**
   * Parses a duration of at most 100 years.
   *
   * @param option the option whose value it is
   */
  static Duration parse(String option, String text) throws Failure {
    Matcher parts = SYNTAX.matcher(text);
    if (text.isBlank() || !parts.matches()) {
      throw AgentCommand.wrong(
          option + ": '" + text + "' is not a duration such as 90s, 5m, 6h or 1h30m");
    }
    Duration sum = Duration.ofDays(part(parts, 1))
        .plusHours(part(parts, 2))
        .plusMinutes(part(parts, 3))
        .plusSeconds(part(parts, 4));
    if (sum.compareTo(LONGEST) > 0) {
      throw AgentCommand.wrong(option + ": '" + text + "' is longer than 100 years");
    }
    return sum;
  }

  private static long part(Matcher parts, int group) {
    String digits = parts.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
