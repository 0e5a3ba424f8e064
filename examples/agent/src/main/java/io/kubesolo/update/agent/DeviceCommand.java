package io.kubesolo.update.agent;

import io.vavr.control.Either;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command that works on a device directory. */
abstract class DeviceCommand implements Callable<Integer> {
  @ParentCommand
  Main main;

  @Spec
  CommandSpec spec;

  @Override
  public Integer call() {
    if (main.device().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "needs a device directory: --device DIR, or $" + Main.DEVICE_VARIABLE);
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
