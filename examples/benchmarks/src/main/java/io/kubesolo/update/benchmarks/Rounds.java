package io.kubesolo.update.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Measures subjects one by one in turn. The order is shuffled each round, so that none always runs
 * after the same other one.
 */
public final class Rounds {
  /** Whether everything runs a few times only, which shows that it works and measures nothing. */
  static final boolean QUICK = Boolean.getBoolean("quick");

  private Rounds() {}

  /** Something that is measured again and again. */
  @FunctionalInterface
  public interface Subject {
    /**
     * Runs once.
     *
     * @param round the number of the round
     * @return a value in each unit
     * @throws Exception if it cannot run
     */
    double[] run(int round) throws Exception;
  }

  /**
   * Returns how often to run something.
   *
   * @param full the number for a full run
   * @return this number, or a few in a quick run
   */
  public static int rounds(int full) {
    return QUICK ? Math.min(full, 4) : full;
  }

  /**
   * Returns how large something is.
   *
   * @param full the size in a full run
   * @return this size, or a smaller one in a quick run
   */
  public static int size(int full) {
    return QUICK ? full / 500 : full;
  }

  /**
   * Measures each subject.
   *
   * @param section the section of the README
   * @param units the units of the values
   * @param subjects what to measure, by their titles; ratios are to the first one
   * @param warmUp how many rounds are not measured
   * @param rounds how many rounds are measured
   * @return a result of each subject in each unit
   * @throws Exception if a subject cannot run
   */
  public static List<Result> measure(
      String section, List<String> units, Map<String, Subject> subjects, int warmUp, int rounds)
      throws Exception {
    run(subjects, rounds(warmUp));
    List<Result> results = new ArrayList<>();
    run(subjects, rounds(rounds)).forEach((title, samples) -> {
      for (int i = 0; i < units.size(); i++) {
        int unit = i;
        double[] values = samples.stream().mapToDouble(sample -> sample[unit]).toArray();
        results.add(Result.of(section, title, units.get(unit), values));
      }
    });
    return results;
  }

  private static Map<String, List<double[]>> run(Map<String, Subject> subjects, int rounds)
      throws Exception {
    Map<String, List<double[]>> samples = new LinkedHashMap<>();
    subjects.keySet().forEach(title -> samples.put(title, new ArrayList<>()));
    List<Map.Entry<String, Subject>> order = new ArrayList<>(subjects.entrySet());
    Random random = new Random(rounds);
    for (int round = 0; round < rounds; round++) {
      Collections.shuffle(order, random);
      for (Map.Entry<String, Subject> each : order) {
        samples
            .computeIfAbsent(each.getKey(), title -> new ArrayList<>())
            .add(each.getValue().run(round));
      }
    }
    return samples;
  }
}
