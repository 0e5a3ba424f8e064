package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** A command and its syntax. */
abstract class AgentCommand implements Callable<Integer> {
  /** The name of a file that means standard input. */
  static final String STANDARD_INPUT = "-";

  final CommandContext context;
  final Syntax syntax;

  AgentCommand(CommandContext context, String... description) {
    this.context = context;
    this.syntax = Syntax.of(this, description);
  }

  /**
   * Runs the command, and returns its exit code; the exit code of a failure follows from its kind.
   */
  @Override
  public abstract Integer call() throws Failure, InterruptedException;

  /**
   * Returns whether to answer in JSON.
   *
   * @param asked whether the command's own option asks for it
   */
  boolean isJson(boolean asked) {
    return asked || context.isJson();
  }

  /** Returns the failure to throw if the command line is not valid. */
  static Failure wrong(String reason) {
    return Failure.of(Failure.Kind.USAGE, reason);
  }

  /** Returns the device directory, or throws if none is named. */
  Path requireDevice() throws Failure {
    if (context.device().isEmpty()) {
      throw wrong("needs a device directory: --device DIR, or $" + CommandContext.DEVICE_VARIABLE);
    }
    return context.device().get();
  }

  /** Opens a file of events, or standard input. */
  InputStream input(Path file) throws IOException {
    return file.toString().equals(STANDARD_INPUT) ? context.input : Files.newInputStream(file);
  }

  /** Returns the failure to throw if a file of events cannot be read. */
  static Failure unreadable(Path file, IOException e) {
    return Failure.at(file, e, "name a file of events, or - for standard input");
  }

  /** Writes the line that says what the command did, and returns its exit code. */
  int done(String line) {
    context.output.message(line);
    return ExitCode.OK;
  }

  /** Writes the only line that the command was asked for, and returns its exit code. */
  int answer(String line) {
    context.output.line(line);
    return ExitCode.OK;
  }
}
