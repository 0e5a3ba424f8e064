package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.OneLine;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.persist.StateJson;
import java.util.List;
import java.util.function.Function;

/** Lists the recorded transitions. */
final class HistoryCommand extends AgentCommand {
  private static final int INDENT = 4;

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
    if (isJson(json)) {
      context.output.json(StateJson.history(entries));
      return ExitCode.OK;
    }
    if (entries.isEmpty()) {
      return answer("no transition is recorded");
    }
    List<String> lines = lines(entries);
    int width = context.output.terminal().width();
    if (width == 0 || lines.stream().allMatch(line -> line.length() <= width)) {
      lines.forEach(context.output::line);
    } else {
      entries.forEach(this::printStacked);
    }
    return ExitCode.OK;
  }

  private static List<String> lines(List<HistoryEntry> entries) {
    int events = widest(entries, HistoryCommand::event);
    int steps = widest(entries, HistoryCommand::step);
    int versions = widest(entries, HistoryCommand::version);
    return entries.stream()
        .map(entry -> LocalTime.of(entry.at())
            + "  "
            + TextLayout.padded(event(entry), events)
            + "  "
            + TextLayout.padded(step(entry), steps)
            + "  "
            + TextLayout.padded(version(entry), versions)
            + "  "
            + OneLine.of(entry.error().getOrElse("")))
        .map(String::stripTrailing)
        .toList();
  }

  /** Prints an entry on several lines, for a terminal that is too narrow for one. */
  private void printStacked(HistoryEntry entry) {
    context.output.line(LocalTime.of(entry.at()) + "  " + entry.event());
    context.output.row("", INDENT, (step(entry) + "  " + version(entry)).strip(), null);
    entry.error().forEach(error -> context.output.row("", INDENT, error, null));
  }

  private static int widest(List<HistoryEntry> entries, Function<HistoryEntry, String> column) {
    return entries.stream().map(column).mapToInt(String::length).max().orElse(0);
  }

  private static String event(HistoryEntry entry) {
    return OneLine.of(entry.event());
  }

  private static String step(HistoryEntry entry) {
    return OneLine.of(entry.from() + " -> " + entry.to());
  }

  private static String version(HistoryEntry entry) {
    return OneLine.of(entry.toVersion().getOrElse(""));
  }
}
