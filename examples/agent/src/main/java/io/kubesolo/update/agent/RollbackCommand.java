package io.kubesolo.update.agent;

import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.vavr.control.Either;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

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
    Rollback event = event();
    return Work.on(bench, work -> new RollbackWork(work, event).run());
  }

  private Rollback event() {
    try {
      return new Rollback(reason);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--reason: " + e.getMessage(), e);
    }
  }
}
