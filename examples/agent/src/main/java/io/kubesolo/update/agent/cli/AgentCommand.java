package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import java.util.concurrent.Callable;
import picocli.CommandLine.ParameterException;

/** A command and its syntax. */
abstract class AgentCommand implements Callable<Integer> {
  final CommandContext context;
  final Syntax syntax;

  AgentCommand(CommandContext context, String... description) {
    this.context = context;
    this.syntax = Syntax.of(this, description);
  }

  /** Runs the command, and returns its exit code; a failure has an exit code of its own. */
  @Override
  public abstract Integer call() throws Failure, InterruptedException;

  /** Returns the exception to throw if the command line is not valid. */
  ParameterException wrong(String reason) {
    return new ParameterException(syntax.spec().commandLine(), reason);
  }

  /** Prints the only line of a command that is done, and returns its exit code. */
  int done(String line) {
    context.output.line(line);
    return ExitCode.OK;
  }
}
