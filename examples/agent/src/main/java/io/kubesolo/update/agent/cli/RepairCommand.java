package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.vavr.control.Option;
import java.nio.file.Path;

/** Moves an invalid state file aside and starts anew. */
final class RepairCommand extends AgentCommand {
  RepairCommand(CommandContext context) {
    super(context, "Moves an invalid state file aside and writes a fresh one.");
    syntax.example("  update-agent --state state.json repair");
  }

  @Override
  public Integer call() throws Failure {
    return done(report(Failure.orThrow(context.file().repair())));
  }

  private String report(Option<Path> aside) {
    return aside
        .map(path -> "the invalid file is kept as " + path + "; the state is idle now")
        .getOrElse("nothing to do: " + context.statePath() + " is valid or missing");
  }
}
