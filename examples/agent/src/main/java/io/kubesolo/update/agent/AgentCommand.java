package io.kubesolo.update.agent;

import java.util.concurrent.Callable;
import picocli.CommandLine.ParameterException;

/** A command, and its syntax. Answers with an exit code. */
abstract class AgentCommand implements Callable<Integer> {
  final Main main;
  final Syntax syntax;

  AgentCommand(Main main, String... description) {
    this.main = main;
    this.syntax = Syntax.of(this, description);
  }

  /** What to throw where the command line makes no sense. */
  ParameterException wrong(String reason) {
    return new ParameterException(syntax.spec().commandLine(), reason);
  }
}
