package io.kubesolo.update.agent;

import io.vavr.control.Either;
import picocli.CommandLine.Command;

/** Checks the running slot; marks it good, or rolls it back. */
@Command(
    name = "healthcheck",
    description = "Checks the running slot; marks it good, or rolls it back.",
    mixinStandardHelpOptions = true)
final class HealthcheckCommand extends DeviceCommand {
  @Override
  Either<Trouble, String> work(Bench bench) {
    return Work.on(bench, work -> new HealthcheckWork(work).run());
  }
}
