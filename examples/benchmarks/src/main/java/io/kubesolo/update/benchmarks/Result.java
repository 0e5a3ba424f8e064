package io.kubesolo.update.benchmarks;

import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What was measured of one subject, in one unit. Its line in a results file holds the components in
 * their order, separated by commas.
 *
 * <p>Immutable.
 *
 * @param section the table and plot that it belongs to: lower-case words joined by dashes
 * @param subject what was measured
 * @param unit in what, as in "ns" or "B"
 * @param median the value in the middle
 * @param low the value that a tenth of the samples lies below
 * @param high the value that a tenth of the samples lies above
 * @param baseline the subject of the same section that ratios are taken against
 */
public record Result(
    String section,
    String subject,
    String unit,
    double median,
    double low,
    double high,
    Option<String> baseline) {
  private static final String HEADER = "section,subject,unit,median,low,high,baseline";
  private static final Pattern SECTION = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
  private static final Pattern TEXT = Pattern.compile("[^,\\v]+");

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if text is empty or holds a comma or a line break, or the
   *     section is no words joined by dashes
   */
  public Result {
    require(SECTION, section);
    require(TEXT, subject);
    require(TEXT, unit);
    baseline.forEach(name -> require(TEXT, name));
  }

  /**
   * Sums samples up.
   *
   * @param section the table and plot that it belongs to
   * @param subject what was measured
   * @param unit in what
   * @param samples what was measured, at least one, in any order
   * @param baseline the subject that ratios are taken against
   * @return the median, and what a tenth of the samples lies below and above
   */
  public static Result of(
      String section, String subject, String unit, double[] samples, Option<String> baseline) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    return new Result(
        section,
        subject,
        unit,
        quantile(sorted, 0.5),
        quantile(sorted, 0.1),
        quantile(sorted, 0.9),
        baseline);
  }

  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /**
   * Writes a results file, and its folder where there is none.
   *
   * @param file the file
   * @param results what it is to hold
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, List<Result> results) throws IOException {
    Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
    Files.write(
        file,
        Stream.concat(Stream.of(HEADER), results.stream().map(Result::line)).toList());
  }

  /**
   * Reads a results file.
   *
   * @param file the file
   * @return what it holds, in its order
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it is none
   */
  public static List<Result> read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
      throw new IllegalArgumentException(file + " does not begin with " + HEADER);
    }
    return lines.stream().skip(1).map(Result::parse).toList();
  }

  private String line() {
    return String.join(
        ",",
        section,
        subject,
        unit,
        Double.toString(median),
        Double.toString(low),
        Double.toString(high),
        baseline.getOrElse(""));
  }

  private static Result parse(String line) {
    String[] cells = line.split(",", -1);
    if (cells.length != 7) {
      throw new IllegalArgumentException("not seven values: " + line);
    }
    return new Result(
        cells[0],
        cells[1],
        cells[2],
        Double.parseDouble(cells[3]),
        Double.parseDouble(cells[4]),
        Double.parseDouble(cells[5]),
        Option.of(cells[6]).filter(name -> !name.isEmpty()));
  }

  private static void require(Pattern pattern, String text) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("not " + pattern + ": " + text);
    }
  }
}
