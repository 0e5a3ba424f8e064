package io.kubesolo.update.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.RunnerException;

/** What more lifecycles in one process, and a longer history, do to time and memory. */
public final class Scaling {
  private static final int FORKS = 2;

  private Scaling() {}

  /**
   * Measures it.
   *
   * @param arguments the results file
   * @throws RunnerException if a benchmark fails
   * @throws IOException if the file cannot be written
   */
  public static void main(String[] arguments) throws RunnerException, IOException {
    List<Result> lifecycles = Jmh.run(
        Lifecycles.class, FORKS, params -> lifecycles(params.getParam("count")), lifecycles("1"));
    List<Result> history = Jmh.run(
        History.class, FORKS, params -> params.getParam("entries") + " entries", "0 entries");
    Result.write(
        Path.of(arguments[0]),
        Stream.of(lifecycles, history, Heap.measure()).flatMap(List::stream).toList());
  }

  /** Names so many lifecycles. */
  static String lifecycles(String count) {
    return count.equals("1") ? "1 lifecycle" : count + " lifecycles";
  }
}
