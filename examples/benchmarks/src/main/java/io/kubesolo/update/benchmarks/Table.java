package io.kubesolo.update.benchmarks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A section's results as a table in Markdown: a row for each subject, and for each unit a column of
 * values and one of ratios to the first subject's median.
 */
final class Table {
  private Table() {}

  static List<String> of(List<Result> section) {
    List<Result> first = rows(section, section.get(0).subject());
    List<String> lines = new ArrayList<>();
    lines.add(line("|", first.stream().map(each -> each.unit() + " | times " + each.subject())));
    lines.add(line("| ---", first.stream().map(each -> "---: | ---:")));
    section.stream()
        .map(Result::subject)
        .distinct()
        .forEach(subject -> lines.add(line(
            "| " + subject,
            rows(section, subject).stream()
                .map(each -> spread(each) + " | " + ratio(section, each)))));
    return lines;
  }

  private static List<Result> rows(List<Result> section, String subject) {
    return section.stream().filter(result -> result.subject().equals(subject)).toList();
  }

  private static String line(String first, Stream<String> cells) {
    return first + " | " + String.join(" | ", cells.toList()) + " |";
  }

  private static String spread(Result result) {
    String low = number(result.low());
    String high = number(result.high());
    String median = number(result.median());
    return low.equals(high) ? median : median + " (" + low + " to " + high + ")";
  }

  /** Returns a result's median as a multiple of the first result's in the same unit. */
  static String ratio(List<Result> section, Result result) {
    Result base = section.stream()
        .filter(each -> each.unit().equals(result.unit()))
        .findFirst()
        .orElse(result);
    return number(result.median() / base.median());
  }

  /** Returns a number to two or three digits; above a hundred to the unit. */
  static String number(double value) {
    if (value >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    MathContext digits = new MathContext(value < 10 ? 2 : 3);
    return new BigDecimal(value).round(digits).stripTrailingZeros().toPlainString();
  }
}
