package io.kubesolo.update.benchmarks;

import java.util.Arrays;

/**
 * The result for one subject, in one unit: the median, and the 10th and 90th percentiles. A section
 * is a table and a plot; its name is the word in its marker in the README.
 *
 * @param section the section
 * @param subject what was measured
 * @param unit the unit
 * @param median the median
 * @param low the 10th percentile
 * @param high the 90th percentile
 */
public record Result(
    String section, String subject, String unit, double median, double low, double high) {
  /** Summarizes samples, of which there is at least one, in any order. */
  static Result of(String section, String subject, String unit, double[] samples) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    return new Result(
        section,
        subject,
        unit,
        quantile(sorted, 0.5),
        quantile(sorted, 0.1),
        quantile(sorted, 0.9));
  }

  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
