package io.kubesolo.update.agent;

import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.persist.StateJson;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Lists the recorded transitions. */
@Command(
    name = "history",
    description = "Lists the recorded transitions, the oldest first.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  update-agent history --json")
final class HistoryCommand implements Callable<Integer> {
  @ParentCommand
  Main main;

  @CommandLine.Option(names = "--json", description = "Print an array, an entry a line.")
  boolean json;

  @Override
  public Integer call() {
    return main.read().map(loaded -> loaded.state().history()).fold(main::fail, entries -> {
      print(entries);
      return ExitCode.OK;
    });
  }

  private void print(List<HistoryEntry> entries) {
    if (json) {
      main.output.line(StateJson.history(entries));
    } else if (entries.isEmpty()) {
      main.output.line("no transition is recorded");
    } else {
      entries.forEach(entry -> main.output.line(line(entry)));
    }
  }

  private static String line(HistoryEntry entry) {
    return Output.oneLine("%s  %-11s %s -> %s%s%s"
        .formatted(
            entry.at(),
            entry.event(),
            entry.from(),
            entry.to(),
            entry.toVersion().map(version -> "  " + version).getOrElse(""),
            entry.error().map(error -> "  " + error).getOrElse("")));
  }
}
