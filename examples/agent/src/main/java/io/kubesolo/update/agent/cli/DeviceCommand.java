package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.OneLine;
import io.kubesolo.update.agent.update.UpdateContext;
import io.vavr.control.Either;

/** A command that works on a device directory. */
abstract class DeviceCommand extends AgentCommand {
  DeviceCommand(CommandContext context, String description) {
    super(context, description);
  }

  @Override
  public Integer call() {
    if (context.device().isEmpty()) {
      throw wrong("needs a device directory: --device DIR, or $" + CommandContext.DEVICE_VARIABLE);
    }
    return work(context.updateContext(context.device().get())).fold(context::fail, line -> {
      context.output.line(OneLine.of(line));
      return ExitCode.OK;
    });
  }

  /** Does the work, and answers with what to print. */
  abstract Either<Failure, String> work(UpdateContext update);
}
