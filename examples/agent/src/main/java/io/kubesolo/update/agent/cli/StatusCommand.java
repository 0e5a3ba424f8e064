package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.OneLine;
import io.kubesolo.update.agent.monitor.StatusReport;
import io.kubesolo.update.agent.monitor.StatusSnapshot;
import io.kubesolo.update.agent.update.Messages;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;

/** Shows the phase of the update, its versions and its last error. */
final class StatusCommand extends AgentCommand {
  private boolean json;
  private boolean report;

  StatusCommand(CommandContext context) {
    super(context, "Shows the phase of the update, its versions and its last error.");
    syntax
        .flag("--json", () -> json = true, "Print the state file as it is.")
        .flag(
            "--report",
            () -> report = true,
            "Print the same as serve at /status.json: the state, and its",
            "age, permitted events and whether it is overdue.")
        .example("  update-agent --state state.json status --json");
  }

  @Override
  public Integer call() throws Failure {
    if (json) {
      context.output.out().writeBytes(Failure.orThrow(context.file().bytes()));
      context.output.out().flush();
    } else if (report) {
      context.output.text(StatusReport.of(context.statusReader().read()));
    } else {
      print(context.status());
    }
    return ExitCode.OK;
  }

  private void print(StatusSnapshot snapshot) {
    UpdateState state = snapshot.state();
    String phase = context.output.styled("bold", state.phase().wireName());
    row("phase", phase + age(snapshot));
    snapshot
        .overdue()
        .forEach(overdue -> row("overdue", context.output.styled("red", late(overdue))));
    row("from", state.fromVersion());
    row("to", state.toVersion());
    if (state.attemptCount() > 0) {
      row("attempt", Messages.attempts(state, snapshot.settings().maxAttempts()));
    }
    state
        .lastError()
        .forEach(error -> row("error", context.output.styled("red", OneLine.of(error))));
    row("started", state.startedAt());
    row("updated", state.revision() > 0 ? state.updatedAt() : Option.none());
    if (!state.rolledBackVersions().isEmpty()) {
      row("rolled back", String.join(", ", state.rolledBackVersions()));
    }
    row("revision", Long.toString(state.revision()));
    row("permitted", Messages.names(snapshot.permitted()));
  }

  /** How long the phase has lasted, by the kernel's uptime; the wall clock may lie. */
  private static String age(StatusSnapshot snapshot) {
    return snapshot
        .age()
        .map(Deadlines::inWords)
        .map(age -> snapshot.rebooted() ? " since before the boot " + age + " ago" : " for " + age)
        .getOrElse("");
  }

  private static String late(Overdue overdue) {
    return "it may last %s; tick sends %s"
        .formatted(Deadlines.inWords(overdue.limit()), overdue.event().type());
  }

  private void row(String name, String value) {
    context.output.line(name + " ".repeat(13 - name.length()) + value);
  }

  private void row(String name, Option<?> value) {
    if (value.isDefined()) {
      row(name, OneLine.of(value.get().toString()));
    }
  }
}
