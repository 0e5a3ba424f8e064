package io.kubesolo.update.agent;

import io.vavr.control.Either;

/** Has the staged version boot next. */
final class ActivateCommand extends DeviceCommand {
  ActivateCommand(Main main) {
    super(main, "Has the staged version boot next.");
    syntax.example("  update-agent --device demo/device activate && reboot");
  }

  @Override
  Either<Trouble, String> work(Bench bench) {
    return Work.on(bench, work -> new ActivateWork(work).run());
  }
}
