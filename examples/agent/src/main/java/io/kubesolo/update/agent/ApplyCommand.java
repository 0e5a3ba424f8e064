package io.kubesolo.update.agent;

import io.vavr.control.Either;

/** Downloads what the server offers, and writes it to the passive slot. */
final class ApplyCommand extends DeviceCommand {
  private boolean force;

  ApplyCommand(Main main) {
    super(main, "Downloads what the server offers, and writes it to the passive slot.");
    syntax
        .flag(
            "--force",
            () -> force = true,
            "Take the version on although it was rolled back or tried too often.")
        .example("  update-agent --device demo/device apply");
  }

  @Override
  Either<Trouble, String> work(Bench bench) {
    return Work.on(bench, work -> new ApplyWork(work, force).run());
  }
}
