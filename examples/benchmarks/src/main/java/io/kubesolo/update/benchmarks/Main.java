package io.kubesolo.update.benchmarks;

import java.nio.file.Path;
import java.util.List;

/** Measures one part, and writes the results into a README. */
public final class Main {
  private Main() {}

  /**
   * Measures the part, and writes the results.
   *
   * @param arguments the README, the part, and the programs that the part uses
   * @throws Exception if a benchmark fails, or a file or program cannot be used
   */
  public static void main(String[] arguments) throws Exception {
    Path readme = Path.of(arguments[0]).toAbsolutePath();
    List<Result> results = switch (arguments[1]) {
      case "Machine" -> Report.machine(readme);
      case "InMemory" ->
        Jmh.run(
            InMemory.class,
            3,
            parameters -> Contender.valueOf(parameters.getParam("contender")).title);
      case "Scaling" -> Scaling.measure();
      case "Durable" -> Durable.measure(Path.of(arguments[2]).toAbsolutePath());
      case "Cold" -> Cold.measure(arguments[2], arguments[3]);
      default -> throw new IllegalArgumentException("no part " + arguments[1]);
    };
    Report.write(readme, results);
  }
}
