package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.device.BootSimulator;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.UpdateContext;
import io.kubesolo.update.agent.update.UpdateSession;
import io.vavr.control.Either;

/** Simulates a reboot of the device: boot loader and kernel. */
final class BootCommand extends DeviceCommand {
  BootCommand(CommandContext context) {
    super(context, "Simulates a reboot of the device: boot loader and kernel.");
    syntax.example("  update-agent --device demo/device boot");
  }

  @Override
  Either<Failure, String> work(UpdateContext update) {
    return UpdateSession.locked(
        update,
        device -> new BootSimulator(device, update.hostUptime().get(), update.said()).boot());
  }
}
