package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.ApplyTask;
import io.kubesolo.update.agent.update.UpdateContext;
import io.kubesolo.update.agent.update.UpdateSession;

/** Downloads what the server offers, and writes it to the passive slot. */
final class ApplyCommand extends DeviceCommand {
  private boolean force;

  ApplyCommand(CommandContext context) {
    super(context, "Downloads what the server offers, and writes it to the passive slot.");
    syntax
        .flag(
            "--force",
            () -> force = true,
            "Install the version although it was rolled back or has no attempts left.")
        .example("  update-agent --device demo/device apply");
  }

  @Override
  String work(UpdateContext update) throws Failure {
    context.requireServer(update.dir());
    return UpdateSession.run(update, session -> new ApplyTask(session, force).run());
  }
}
