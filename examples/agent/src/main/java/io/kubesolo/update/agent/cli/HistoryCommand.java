package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.OneLine;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.UpdateState;
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
  public Integer call() {
    return context.read().map(UpdateState::history).fold(context::fail, entries -> {
      print(entries);
      return ExitCode.OK;
    });
  }

  private void print(List<HistoryEntry> entries) {
    if (json) {
      context.output.line(StateJson.history(entries));
    } else if (entries.isEmpty()) {
      context.output.line("no transition is recorded");
    } else {
      entries.forEach(entry -> context.output.line(line(entry)));
    }
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
