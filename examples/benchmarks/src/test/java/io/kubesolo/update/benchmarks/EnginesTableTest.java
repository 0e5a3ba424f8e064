package io.kubesolo.update.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The figures of the engines in the README of state-fsm are the medians of this module's page. */
class EnginesTableTest {
  private static final Path PAGE = Path.of("README.md");
  private static final Path ENGINES = Path.of("../../state-fsm/README.md");

  /** Figures are rounded there, and change a little with each run. */
  private static final double TOLERANCE = 0.15;

  private static final Pattern FIGURE = Pattern.compile("([\\d.,]+) (ns|µs|ms|B|kB|MiB)(?= |,|$)");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "an accepted event in memory | accepted | SpringEngine | TableEngine",
        "a durable event in a warm process | durable | UpdateLifecycle with SpringEngine"
            + " | UpdateLifecycle with TableEngine",
        "a whole `send`, from process start to exit | cold | send with --engine spring | send",
        "heap of a lifecycle with an engine of its own | heap | one of 100 with a SpringEngine each"
            + " | 100 lifecycles"
      })
  void areThoseOfTheBenchmarks(String row, String section, String spring, String table)
      throws IOException {
    List<String> cells = row(Files.readAllLines(ENGINES), row);
    List<String> page = Files.readAllLines(PAGE);
    int start = page.indexOf("<!-- " + section + ": written by the run -->") + 1;
    List<String> results = page.subList(start, page.size());

    areClose(figures(cells.get(1)), medians(results, spring));
    areClose(figures(cells.get(2)), medians(results, table));
  }

  private static void areClose(List<Double> shown, List<Double> measured) {
    assertThat(shown).isNotEmpty().hasSameSizeAs(measured);
    for (int i = 0; i < shown.size(); i++) {
      assertThat(shown.get(i) / measured.get(i)).isBetween(1 - TOLERANCE, 1 + TOLERANCE);
    }
  }

  /** Returns the medians of a row of results; their units are in the heading of the column. */
  private static List<Double> medians(List<String> results, String name) {
    List<String> units = cells(results.get(0));
    List<String> cells = row(results, name);
    List<Double> medians = new ArrayList<>();
    for (int i = 1; i < cells.size(); i += 2) {
      String median = cells.get(i).split(" ", 2)[0];
      medians.addAll(figures(median + " " + units.get(i)));
    }
    return medians;
  }

  private static List<Double> figures(String cell) {
    return FIGURE.matcher(cell).results().map(EnginesTableTest::value).toList();
  }

  private static double value(MatchResult figure) {
    return Double.parseDouble(figure.group(1).replace(",", "")) * unit(figure.group(2));
  }

  private static double unit(String name) {
    return switch (name) {
      case "ns", "B" -> 1;
      case "µs", "kB" -> 1e3;
      case "ms" -> 1e6;
      case "MiB" -> 1024 * 1024;
      default -> throw new AssertionError(name);
    };
  }

  private static List<String> row(List<String> lines, String name) {
    return lines.stream()
        .map(EnginesTableTest::cells)
        .filter(cells -> cells.get(0).equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row " + name));
  }

  private static List<String> cells(String line) {
    String inner = line.startsWith("| ") ? line.substring(2) : line;
    return List.of(inner.split(" *\\| *"));
  }
}
