package io.kubesolo.update.benchmarks;

import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * One durable event in a warm process, in turn with what else makes a small record durable. Blocks of
 * each alternate, in one directory, so that all of them meet the same disk.
 */
public final class Durable {
  private static final String SECTION = "durable";
  private static final int BLOCK = 10;
  private static final int WARM_UP_BLOCKS = 300;
  private static final int BLOCKS = 300;

  private Durable() {}

  /**
   * Measures.
   *
   * @param arguments the results file, and the C program that replaces a file
   * @throws IOException if a file or program cannot be used
   */
  public static void main(String[] arguments) throws IOException {
    Path results = Path.of(arguments[0]).toAbsolutePath();
    Path folder = Files.createTempDirectory(results.resolveSibling(""), "durable-");
    List<DurableContender> contenders = new ArrayList<>();
    try {
      contenders.addAll(DurableContender.all(Path.of(arguments[1]), folder));
      Result.write(results, measure(contenders));
    } finally {
      for (DurableContender contender : contenders) {
        contender.close();
      }
      delete(folder);
    }
  }

  private static List<Result> measure(List<DurableContender> contenders) throws IOException {
    inTurn(contenders, WARM_UP_BLOCKS);
    double[][] micros = inTurn(contenders, BLOCKS);
    List<Result> results = new ArrayList<>();
    Option<String> baseline = Option.some(contenders.get(0).title());
    for (int i = 0; i < contenders.size(); i++) {
      String title = contenders.get(i).title();
      results.add(Result.of(SECTION, title, "µs", micros[i], baseline));
    }
    return results;
  }

  private static double[][] inTurn(List<DurableContender> contenders, int blocks)
      throws IOException {
    double[][] micros = new double[contenders.size()][blocks * BLOCK];
    for (int block = 0; block < blocks; block++) {
      for (int i = 0; i < contenders.size(); i++) {
        double[] taken = Arrays.stream(contenders.get(i).run(BLOCK))
            .mapToDouble(nanos -> nanos / 1e3)
            .toArray();
        System.arraycopy(taken, 0, micros[i], block * BLOCK, BLOCK);
      }
    }
    return micros;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
