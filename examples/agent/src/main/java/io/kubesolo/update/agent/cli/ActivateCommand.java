package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.ActivateTask;
import io.kubesolo.update.agent.update.UpdateContext;
import io.kubesolo.update.agent.update.UpdateSession;
import io.vavr.control.Either;

/** Makes the boot loader start the staged version next. */
final class ActivateCommand extends DeviceCommand {
  ActivateCommand(CommandContext context) {
    super(context, "Makes the boot loader start the staged version next.");
    syntax.example("  update-agent --device demo/device activate && reboot");
  }

  @Override
  Either<Failure, String> work(UpdateContext update) {
    return UpdateSession.on(update, work -> new ActivateTask(work).run());
  }
}
