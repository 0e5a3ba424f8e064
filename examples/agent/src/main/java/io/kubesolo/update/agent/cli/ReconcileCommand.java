package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.device.VersionSyntax;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.Messages;
import io.kubesolo.update.agent.update.UpdateSession;
import io.kubesolo.update.agent.update.WorkLock;
import io.kubesolo.update.core.Rebooted;
import io.kubesolo.update.fsm.ReconcileResult;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.ProcessLock;
import io.vavr.control.Option;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Sends the events for what happened while no agent ran. */
final class ReconcileCommand extends AgentCommand {
  private final RebootOption reboot;
  private String runningVersion = "";

  private boolean rebooted;

  ReconcileCommand(CommandContext context) {
    super(context, "Sends the events for what happened while no agent ran.");
    reboot = new RebootOption(context, syntax);
    syntax
        .required(
            "--running-version",
            "V",
            String.class,
            v -> runningVersion = v,
            "The version that runs now.")
        .flag(
            "--rebooted",
            () -> rebooted = true,
            "Assume that the device has rebooted, even if the boot id is unchanged.")
        .example("  update-agent reconcile --running-version v1.0");
  }

  @Override
  public Integer call() throws Failure {
    try {
      VersionSyntax.require("--running-version", runningVersion);
    } catch (Failure e) {
      throw wrong(e.message());
    }
    return reboot.code(() -> context.device().isDefined()
        ? reconcile(context.device().get())
        : reconcileWithoutDevice());
  }

  private int reconcile(Path dir) throws Failure {
    List<String> steps = UpdateSession.reconcile(
        context.updateContext(dir),
        runningVersion,
        rebooted ? Optional.of(Rebooted.YES) : Optional.empty());
    return steps.isEmpty() ? done(context.nothingToDo()) : ExitCode.OK;
  }

  private int reconcileWithoutDevice() throws Failure {
    ProcessLock.Held lock = WorkLock.acquire(Option.none(), context.statePath(), Duration.ZERO);
    try (lock;
        UpdateLifecycle lifecycle = context.open()) {
      ReconcileResult result = rebooted
          ? lifecycle.reconcile(runningVersion, Rebooted.YES)
          : lifecycle.reconcile(runningVersion);
      result.applied().forEach(step -> context.output.message(Messages.step(step)));
      result.warning().forEach(context.output::warning);
      if (result.refusal().isDefined()) {
        throw Failure.of(result.refusal().get());
      }
      return result.applied().isEmpty() ? done(context.nothingToDo()) : ExitCode.OK;
    }
  }
}
