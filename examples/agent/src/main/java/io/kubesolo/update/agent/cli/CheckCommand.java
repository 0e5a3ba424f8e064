package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.CheckTask;
import io.kubesolo.update.agent.update.UpdateContext;
import io.kubesolo.update.agent.update.UpdateSession;
import io.vavr.control.Either;

/** Asks the server what it offers. */
final class CheckCommand extends DeviceCommand {
  private boolean json;

  CheckCommand(CommandContext context) {
    super(context, "Asks the server what it offers.");
    syntax
        .flag("--json", () -> json = true, "Answer in one line of JSON.")
        .example("  update-agent --device demo/device check --json");
  }

  @Override
  Either<Failure, String> work(UpdateContext update) {
    return UpdateSession.on(json ? update.silent() : update, work -> new CheckTask(work).run())
        .map(finding -> json ? finding.json() : finding.line());
  }
}
