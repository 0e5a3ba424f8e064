package io.kubesolo.update.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vavr.control.Option;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whole commands, from before the process starts until it has ended, in turn with a JVM that prints
 * one line under the same flags.
 */
public final class Cold {
  private static final String SECTION = "cold";
  private static final int WARM_UP_ROUNDS = 10;
  private static final int ROUNDS = 100;

  private final Path timed;
  private final List<ColdCommand> commands;

  private Cold(Path timed, List<ColdCommand> commands) {
    this.timed = timed;
    this.commands = commands;
  }

  /**
   * Measures.
   *
   * @param arguments the results file, the C program that times a command, and the agent's launcher
   * @throws IOException if a file or program cannot be used
   * @throws InterruptedException if this thread is interrupted
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path results = Path.of(arguments[0]).toAbsolutePath();
    Path folder = Files.createTempDirectory(results.resolveSibling(""), "cold-");
    Path launcher = Path.of(arguments[2]).toAbsolutePath();
    Cold cold = new Cold(Path.of(arguments[1]).toAbsolutePath(), ColdCommand.all(launcher, folder));
    Result.write(results, cold.measure());
  }

  private List<Result> measure() throws IOException, InterruptedException {
    inTurn(WARM_UP_ROUNDS);
    List<double[][]> samples = inTurn(ROUNDS);
    List<Result> results = new ArrayList<>();
    Option<String> baseline = Option.some(commands.get(0).title());
    for (int i = 0; i < commands.size(); i++) {
      String title = commands.get(i).title();
      results.add(Result.of(SECTION, title, "ms", samples.get(i)[0], baseline));
      results.add(Result.of(SECTION, title, "MiB", samples.get(i)[1], baseline));
    }
    return results;
  }

  /** Milliseconds and MiB of the runs of each command. */
  private List<double[][]> inTurn(int rounds) throws IOException, InterruptedException {
    List<double[][]> samples = new ArrayList<>();
    commands.forEach(each -> samples.add(new double[2][rounds]));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < commands.size(); i++) {
        ColdCommand command = commands.get(i);
        long[] taken = run(round % 2 == 0 ? command.first() : command.second());
        samples.get(i)[0][round] = taken[0] / 1e6;
        samples.get(i)[1][round] = taken[1] / 1024.0;
      }
    }
    return samples;
  }

  /** Nanoseconds and KiB of one run. */
  private long[] run(List<String> command) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(timed.toString()));
    all.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    String[] answer;
    try (InputStream out = process.getInputStream()) {
      answer = new String(out.readAllBytes(), US_ASCII).strip().split(" ");
    }
    if (process.waitFor() != 0 || !answer[2].equals("0")) {
      throw new IOException(String.join(" ", command) + " failed");
    }
    return new long[] {Long.parseLong(answer[0]), Long.parseLong(answer[1])};
  }
}
