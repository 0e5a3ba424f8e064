package io.kubesolo.update.agent;

import io.vavr.control.Either;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Downloads what the server offers, and writes it to the passive slot. */
@Command(
    name = "apply",
    description = "Downloads what the server offers, and writes it to the passive slot.",
    mixinStandardHelpOptions = true)
final class ApplyCommand extends DeviceCommand {
  @Option(
      names = "--force",
      description = "Take the version on although it was rolled back or tried too often.")
  boolean force;

  @Override
  Either<Trouble, String> work(Bench bench) {
    return Work.on(bench, work -> new ApplyWork(work, force).run());
  }
}
