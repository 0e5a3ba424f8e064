package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.cli.Syntax.Flag;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.monitor.Observation;
import io.kubesolo.update.agent.monitor.StatusReport;
import io.kubesolo.update.agent.monitor.StatusSnapshot;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;

/** Shows what runs, what boots next, the phase of the update, what is wrong and what to do. */
final class StatusCommand extends AgentCommand {
  private final Flag json = new Flag();
  private final Flag report = new Flag();

  StatusCommand(CommandContext context) {
    super(
        context,
        "Shows what runs, what boots next, the phase of the update, and what to do.",
        "A missing file is shown as the idle state of a fresh device.");
    syntax
        .flag("--json", json, "Print the state file as it is; not with --report.")
        .flag(
            "--report",
            report,
            "Print the same as serve at /status.json: the state, its age,",
            "permitted events, whether it is overdue, what runs and what is",
            "waited for.")
        .example("  update-agent --state state.json status --json");
  }

  @Override
  public Integer call() throws Failure {
    if (json.isGiven() && report.isGiven()) {
      throw wrong("--json and --report cannot be given together");
    }
    if (json.isGiven()) {
      context.output.bytes(VisibleJson.of(Failure.orThrow(context.file().bytes())));
    } else if (report.isGiven()) {
      report();
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

  private void report() throws Failure {
    Observation seen = context.statusReader().observe();
    if (seen.unreadable().isPresent()) {
      context.output.text(StatusReport.unreadable(seen, seen.unreadable().get()));
    }
    context.output.text(StatusReport.of(seen));
  }

  /** Reads the status. If the state cannot be read, shows what is known of the device. */
  private StatusView view() throws Failure {
    boolean exists = !context.isStateMissing();
    StatusSnapshot snapshot;
    try {
      snapshot = context.status();
    } catch (Failure e) {
      new DeviceText(deviceView(Option.none()), context.output).print();
      throw e;
    }
    return new StatusView(
        context.statePath().toAbsolutePath(),
        exists,
        snapshot,
        deviceView(Option.some(snapshot.state())));
  }

  private DeviceView deviceView(Option<UpdateState> state) {
    return DeviceView.of(context.device(), state, context.settings().deadlines());
  }
}
