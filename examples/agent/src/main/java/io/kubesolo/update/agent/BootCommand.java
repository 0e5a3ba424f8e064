package io.kubesolo.update.agent;

import io.vavr.control.Either;

/** Reboots the device, as its boot loader and kernel would. */
final class BootCommand extends DeviceCommand {
  BootCommand(Main main) {
    super(main, "Reboots the device, as its boot loader and kernel would.");
    syntax.example("  update-agent --device demo/device boot");
  }

  @Override
  Either<Trouble, String> work(Bench bench) {
    return Work.locked(
        bench, device -> new BootLoader(device, bench.hostUptime().get(), bench.said()).boot());
  }
}
