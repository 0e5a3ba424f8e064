package io.kubesolo.update.agent;

import io.vavr.control.Either;

/** Checks the running slot; marks it good, or rolls it back. */
final class HealthcheckCommand extends DeviceCommand {
  HealthcheckCommand(Main main) {
    super(main, "Checks the running slot; marks it good, or rolls it back.");
    syntax.example("  update-agent --device demo/device healthcheck || reboot");
  }

  @Override
  Either<Trouble, String> work(Bench bench) {
    return Work.on(bench, work -> new HealthcheckWork(work).run());
  }
}
