package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.CheckTask;
import io.kubesolo.update.agent.update.UpdateContext;
import io.kubesolo.update.agent.update.UpdateSession;

/** Asks the server what it offers. */
final class CheckCommand extends DeviceCommand {
  private boolean json;

  CheckCommand(CommandContext context) {
    super(context, "Asks the server what it offers.", "Installs nothing.");
    syntax
        .flag("--json", () -> json = true, "Answer in one line of JSON.")
        .example("  update-agent --device demo/device check --json");
  }

  @Override
  String work(UpdateContext update) throws Failure {
    context.requireServer(update.dir());
    boolean inJson = isJson(json);
    CheckTask.Offer offer = UpdateSession.run(
        inJson ? update.silent() : update, session -> new CheckTask(session).run());
    return inJson ? offer.json() : offer.line();
  }

  @Override
  int report(String line) {
    if (!isJson(json)) {
      return answer(line);
    }
    context.output.json(line);
    return ExitCode.OK;
  }
}
