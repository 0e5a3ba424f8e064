package io.kubesolo.update.agent;

import io.vavr.control.Either;

/** A command that works on a device directory. */
abstract class DeviceCommand extends AgentCommand {
  DeviceCommand(Main main, String description) {
    super(main, description);
  }

  @Override
  public Integer call() {
    if (main.device().isEmpty()) {
      throw wrong("needs a device directory: --device DIR, or $" + Main.DEVICE_VARIABLE);
    }
    return work(Bench.of(main, main.device().get())).fold(this::report, line -> {
      main.output.line(Output.oneLine(line));
      return ExitCode.OK;
    });
  }

  /** Does the work, and answers with what to print. */
  abstract Either<Trouble, String> work(Bench bench);

  private int report(Trouble trouble) {
    main.output.error(trouble.message());
    return trouble.exitCode();
  }
}
