package io.kubesolo.update.agent;

import io.vavr.control.Either;
import picocli.CommandLine.Command;

/** Has the staged version boot next. */
@Command(
    name = "activate",
    description = "Has the staged version boot next.",
    mixinStandardHelpOptions = true)
final class ActivateCommand extends DeviceCommand {
  @Override
  Either<Trouble, String> work(Bench bench) {
    return Work.on(bench, work -> new ActivateWork(work).run());
  }
}
