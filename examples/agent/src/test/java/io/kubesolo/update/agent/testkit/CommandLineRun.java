package io.kubesolo.update.agent.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.cli.Output;
import io.kubesolo.update.agent.cli.ResultStream;
import io.kubesolo.update.agent.cli.Terminal;
import io.kubesolo.update.agent.cli.UpdateAgent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs commands in this process, on one state file. */
public final class CommandLineRun {
  private final Path state;
  private String input = "";

  public CommandLineRun(Path state) {
    this.state = state;
  }

  /**
   * The result of a command.
   *
   * @param code its exit code
   * @param out its results
   * @param err its warnings and errors
   */
  public record Result(int code, String out, String err) {
    public List<String> lines() {
      return out.lines().toList();
    }
  }

  public CommandLineRun withInput(String... lines) {
    input = String.join("\n", lines) + "\n";
    return this;
  }

  public Result run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--state", state.toString()));
    all.addAll(List.of(arguments));
    return run(Map.of(), input.getBytes(UTF_8), all.toArray(String[]::new));
  }

  public static Result run(Map<String, String> environment, byte[] input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Result answer = run(out, environment, input, arguments);
    return new Result(answer.code, out.toString(UTF_8), answer.err);
  }

  /** Runs a command whose results go to a terminal, and returns what that shows. */
  public static String onTerminal(Terminal terminal, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    run(out, terminal, Map.of(), new byte[0], arguments);
    return out.toString(UTF_8);
  }

  /** Runs a command whose results go to a stream, which may fail. */
  public static Result run(
      OutputStream out, Map<String, String> environment, byte[] input, String... arguments) {
    return run(out, Terminal.NONE, environment, input, arguments);
  }

  private static Result run(
      OutputStream out,
      Terminal terminal,
      Map<String, String> environment,
      byte[] input,
      String... arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Output output = new Output(new ResultStream(out), new PrintStream(err, true, UTF_8), terminal);
    int code = UpdateAgent.run(
        output, new ByteArrayInputStream(input), environment::get, pause -> {}, arguments);
    return new Result(code, "", err.toString(UTF_8));
  }
}
