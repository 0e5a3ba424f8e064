package io.kubesolo.update.agent;

import io.vavr.control.Either;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Goes back to the prior slot. */
@Command(
    name = "rollback",
    description = "Goes back to the prior slot.",
    mixinStandardHelpOptions = true)
final class RollbackCommand extends DeviceCommand {
  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "rolled back by the operator",
      description = "What is recorded as the error (default: ${DEFAULT-VALUE}).")
  String reason;

  @Override
  Either<Trouble, String> work(Bench bench) {
    return Work.on(bench, work -> new RollbackWork(work, reason).run());
  }
}
