package io.kubesolo.update.agent;

import io.vavr.control.Either;

/** Asks the server what it offers. */
final class CheckCommand extends DeviceCommand {
  private boolean json;

  CheckCommand(Main main) {
    super(main, "Asks the server what it offers.");
    syntax
        .flag("--json", () -> json = true, "Answer in one line of JSON.")
        .example("  update-agent --device demo/device check --json");
  }

  @Override
  Either<Trouble, String> work(Bench bench) {
    return Work.on(json ? bench.silent() : bench, work -> new CheckWork(work).run())
        .map(finding -> json ? finding.json() : finding.line());
  }
}
