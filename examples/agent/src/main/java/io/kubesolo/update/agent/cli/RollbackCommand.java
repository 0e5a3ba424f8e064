package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.RollbackTask;
import io.kubesolo.update.agent.update.UpdateContext;
import io.kubesolo.update.agent.update.UpdateSession;
import io.kubesolo.update.core.UpdateEvent.Rollback;

/** Rolls back to the prior slot. */
final class RollbackCommand extends DeviceCommand {
  private boolean retry;
  private String reason = "rolled back by the operator";

  RollbackCommand(CommandContext context) {
    super(context, "Rolls back to the prior slot.");
    syntax
        .option(
            "--reason",
            "TEXT",
            String.class,
            text -> reason = text,
            "What is recorded as the error (default: " + reason + ").")
        .flag(
            "--retry",
            () -> retry = true,
            "Allow the version to be installed again, because it is not the cause.")
        .example("  update-agent --device demo/device rollback --reason 'too slow'");
  }

  @Override
  String work(UpdateContext update) throws Failure {
    Rollback event = event();
    return UpdateSession.run(update, session -> new RollbackTask(session, event).run());
  }

  private Rollback event() throws Failure {
    try {
      return new Rollback(reason, retry);
    } catch (IllegalArgumentException e) {
      throw wrong("--reason: " + e.getMessage());
    }
  }
}
