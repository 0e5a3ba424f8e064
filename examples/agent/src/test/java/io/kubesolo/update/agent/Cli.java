package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs commands in this process, on one state file. */
final class Cli {
  private final Path state;
  private String input = "";

  Cli(Path state) {
    this.state = state;
  }

  /**
   * What a command left behind.
   *
   * @param code its exit code
   * @param out its results
   * @param err its warnings and errors
   */
  record Result(int code, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  Cli withInput(String... lines) {
    input = String.join("\n", lines) + "\n";
    return this;
  }

  Result run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--state", state.toString()));
    all.addAll(List.of(arguments));
    return run(Map.of(), input.getBytes(UTF_8), all.toArray(String[]::new));
  }

  static Result run(Map<String, String> environment, byte[] input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Result answer = run(out, environment, input, arguments);
    return new Result(answer.code, out.toString(UTF_8), answer.err);
  }

  /** Runs a command whose results go to a stream, which may fail. */
  static Result run(
      OutputStream out, Map<String, String> environment, byte[] input, String... arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Output output = new Output(new ResultStream(out), new PrintStream(err, true, UTF_8), false);
    int code = Main.run(output, new ByteArrayInputStream(input), environment::get, arguments);
    return new Result(code, "", err.toString(UTF_8));
  }
}
