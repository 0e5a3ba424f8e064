package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.OneLine;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.persist.StateJson;
import java.util.List;

/** Lists the recorded transitions. */
final class HistoryCommand extends AgentCommand {
  private boolean json;

  HistoryCommand(CommandContext context) {
    super(context, "Lists the recorded transitions, the oldest first.");
    syntax
        .flag("--json", () -> json = true, "Print a JSON array, one entry per line.")
        .example("  update-agent history --json");
  }

  @Override
  public Integer call() throws Failure {
    List<HistoryEntry> entries = context.read().history();
    if (json) {
      return done(StateJson.history(entries));
    }
    if (entries.isEmpty()) {
      return done("no transition is recorded");
    }
    entries.forEach(entry -> context.output.line(line(entry)));
    return ExitCode.OK;
  }

  private static String line(HistoryEntry entry) {
    return OneLine.of("%s  %-11s %s -> %s%s%s"
        .formatted(
            entry.at(),
            entry.event(),
            entry.from(),
            entry.to(),
            entry.toVersion().map(version -> "  " + version).getOrElse(""),
            entry.error().map(error -> "  " + error).getOrElse("")));
  }
}
