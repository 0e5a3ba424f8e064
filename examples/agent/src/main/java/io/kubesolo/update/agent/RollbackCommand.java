package io.kubesolo.update.agent;

import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.vavr.control.Either;

/** Goes back to the prior slot. */
final class RollbackCommand extends DeviceCommand {
  private String reason = "rolled back by the operator";

  RollbackCommand(Main main) {
    super(main, "Goes back to the prior slot.");
    syntax
        .option(
            "--reason",
            "TEXT",
            String.class,
            text -> reason = text,
            "What is recorded as the error (default: " + reason + ").")
        .example("  update-agent --device demo/device rollback --reason 'too slow'");
  }

  @Override
  Either<Trouble, String> work(Bench bench) {
    Rollback event = event();
    return Work.on(bench, work -> new RollbackWork(work, event).run());
  }

  private Rollback event() {
    try {
      return new Rollback(reason);
    } catch (IllegalArgumentException e) {
      throw wrong("--reason: " + e.getMessage());
    }
  }
}
