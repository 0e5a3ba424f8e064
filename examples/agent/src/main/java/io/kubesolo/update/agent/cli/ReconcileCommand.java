package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.update.Messages;
import io.kubesolo.update.agent.update.WorkLock;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.fsm.ReconcileResult;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.ProcessLock;
import io.vavr.control.Either;
import io.vavr.control.Option;

/** Sends the events for what happened while no agent ran. */
final class ReconcileCommand extends AgentCommand {
  private String runningVersion = "";

  private boolean rebooted;

  ReconcileCommand(CommandContext context) {
    super(context, "Sends the events for what happened while no agent ran.");
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
            "Assume that the device has rebooted, whatever the boot id says.")
        .example("  update-agent reconcile --running-version v1.0");
  }

  @Override
  public Integer call() {
    UpdateEvent.of(EventType.VERIFY, running()).getOrElseThrow(this::wrong);
    Either<StoreFailure, ProcessLock.Held> lock = WorkLock.acquire(context.statePath());
    return lock.fold(context::fail, held -> {
      try (held) {
        return context.open().fold(context::fail, this::reconcile);
      }
    });
  }

  private UpdateEvent.Values running() {
    return new UpdateEvent.Values(Option.none(), Option.some(runningVersion), Option.none(), false);
  }

  private int reconcile(UpdateLifecycle lifecycle) {
    try (lifecycle) {
      ReconcileResult done = lifecycle.reconcile(runningVersion, rebooted);
      done.applied().forEach(step -> context.output.line(Messages.step(step)));
      if (done.applied().isEmpty() && done.refusal().isEmpty()) {
        context.output.line("nothing to do");
      }
      return done.refusal().map(context::fail).getOrElse(ExitCode.OK);
    }
  }
}
