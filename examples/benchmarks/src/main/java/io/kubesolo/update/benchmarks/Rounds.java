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
final class Rounds {
  private Rounds() {}

  /** Something that is measured again and again. */
  @FunctionalInterface
  interface Subject {
    /** Runs once in the given round, and returns a value in each unit. */
    double[] run(int round) throws Exception;
  }

  /** Measures each subject; ratios are to the first one. */
  static List<Result> measure(
      String section, List<String> units, Map<String, Subject> subjects, int warmUp, int rounds)
      throws Exception {
    run(subjects, Jmh.rounds(warmUp));
    List<Result> results = new ArrayList<>();
    run(subjects, Jmh.rounds(rounds)).forEach((title, samples) -> {
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
