package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.HealthCheckTask;
import io.kubesolo.update.agent.update.UpdateContext;
import io.kubesolo.update.agent.update.UpdateSession;
import io.vavr.control.Either;

/** Runs the health check; marks the running slot good, or rolls back. */
final class HealthcheckCommand extends DeviceCommand {
  HealthcheckCommand(CommandContext context) {
    super(context, "Runs the health check; marks the running slot good, or rolls back.");
    syntax.example("  update-agent --device demo/device healthcheck || reboot");
  }

  @Override
  Either<Failure, String> work(UpdateContext update) {
    return UpdateSession.on(update, work -> new HealthCheckTask(work).run());
  }
}
