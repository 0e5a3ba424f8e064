package io.kubesolo.update.agent;

import io.vavr.control.Either;
import picocli.CommandLine.Command;

/** Reboots the device, as its boot loader and kernel would. */
@Command(
    name = "boot",
    description = "Reboots the device, as its boot loader and kernel would.",
    mixinStandardHelpOptions = true)
final class BootCommand extends DeviceCommand {
  @Override
  Either<Trouble, String> work(Bench bench) {
    return Work.locked(
        bench, device -> new BootLoader(device, bench.hostUptime().get(), bench.said()).boot());
  }
}
