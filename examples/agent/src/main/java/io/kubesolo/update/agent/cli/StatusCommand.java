package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.monitor.StatusReport;
import java.nio.file.Files;
import java.nio.file.LinkOption;

/** Shows what runs, what boots next, where the update stands, what is wrong and what to do. */
final class StatusCommand extends AgentCommand {
  private boolean json;
  private boolean report;

  StatusCommand(CommandContext context) {
    super(
        context,
        "Shows what runs, what boots next, where the update stands, and what to do.",
        "A file that is missing is the idle state of a fresh device.");
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
      context.output.bytes(VisibleJson.of(Failure.orThrow(context.file().bytes())));
    } else if (report) {
      context.output.text(StatusReport.of(context.statusReader().read()));
    } else {
      StatusView view = view();
      if (context.isJson()) {
        context.output.json(StatusJson.of(view));
      } else {
        new StatusText(view, context.output).print();
      }
    }
    return ExitCode.OK;
  }

  private StatusView view() throws Failure {
    return new StatusView(
        context.statePath().toAbsolutePath(),
        Files.exists(context.statePath(), LinkOption.NOFOLLOW_LINKS),
        context.status(),
        DeviceView.of(context.device()));
  }
}
