package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.HealthCheckTask;
import io.kubesolo.update.agent.update.UpdateContext;
import io.kubesolo.update.agent.update.UpdateSession;
import io.vavr.control.Either;

/** Checks the running slot; marks it good, or rolls it back. */
final class HealthcheckCommand extends DeviceCommand {
  HealthcheckCommand(CommandContext context) {
    super(context, "Checks the running slot; marks it good, or rolls it back.");
    syntax.example("  update-agent --device demo/device healthcheck || reboot");
  }

  @Override
  Either<Failure, String> work(UpdateContext update) {
    return UpdateSession.on(update, work -> new HealthCheckTask(work).run());
  }
}
