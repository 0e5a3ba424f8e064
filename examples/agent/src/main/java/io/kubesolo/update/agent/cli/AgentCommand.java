package io.kubesolo.update.agent.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.ParameterException;

/** A command, and its syntax. Answers with an exit code. */
abstract class AgentCommand implements Callable<Integer> {
  final CommandContext context;
  final Syntax syntax;

  AgentCommand(CommandContext context, String... description) {
    this.context = context;
    this.syntax = Syntax.of(this, description);
  }

  /** Returns the exception to throw if the command line is not valid. */
  ParameterException wrong(String reason) {
    return new ParameterException(syntax.spec().commandLine(), reason);
  }
}
