package io.kubesolo.update.benchmarks;

import io.vavr.control.Option;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * A section's results as a table in Markdown: a row for each subject; for each unit a column of
 * values and, where there is a baseline, one of ratios.
 */
final class Table {
  private final List<Result> section;
  private final List<String> units;

  private Table(List<Result> section) {
    this.section = section;
    this.units = section.stream().map(Result::unit).distinct().toList();
  }

  static List<String> of(List<Result> section) {
    return new Table(section).lines();
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(row("", unit -> unit, unit -> "times " + baseline(unit).get()));
    lines.add(row("---", unit -> "---:", unit -> "---:"));
    section.stream()
        .map(Result::subject)
        .distinct()
        .forEach(subject -> lines.add(row(
            subject,
            unit -> find(section, subject, unit).map(Table::spread).getOrElse(""),
            unit -> find(section, subject, unit)
                .flatMap(result -> ratio(section, result))
                .getOrElse(""))));
    return lines;
  }

  private String row(String first, UnaryOperator<String> value, UnaryOperator<String> ratio) {
    List<String> cells = new ArrayList<>(List.of(first));
    for (String unit : units) {
      cells.add(value.apply(unit));
      if (baseline(unit).isDefined()) {
        cells.add(ratio.apply(unit));
      }
    }
    StringBuilder line = new StringBuilder("|");
    cells.forEach(cell -> line.append(cell.isEmpty() ? "" : " ").append(cell).append(" |"));
    return line.toString();
  }

  private Option<String> baseline(String unit) {
    return Option.ofOptional(section.stream()
        .filter(result -> result.unit().equals(unit))
        .flatMap(result -> result.baseline().toJavaStream())
        .findFirst());
  }

  private static String spread(Result result) {
    String low = number(result.low());
    String high = number(result.high());
    String median = number(result.median());
    return low.equals(high) ? median : median + " (" + low + " to " + high + ")";
  }

  /** How many times the baseline's median a result's median is; none where there is no baseline. */
  static Option<String> ratio(List<Result> section, Result result) {
    return result
        .baseline()
        .flatMap(name -> find(section, name, result.unit()))
        .filter(base -> base.median() > 0)
        .map(base -> number(result.median() / base.median()));
  }

  private static Option<Result> find(List<Result> section, String subject, String unit) {
    return Option.ofOptional(section.stream()
        .filter(result -> result.subject().equals(subject) && result.unit().equals(unit))
        .findFirst());
  }

  /** A number to two or three digits; above a hundred to the last whole one. */
  static String number(double value) {
    if (value >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    MathContext digits = new MathContext(value < 10 ? 2 : 3);
    return new BigDecimal(value).round(digits).stripTrailingZeros().toPlainString();
  }
}
