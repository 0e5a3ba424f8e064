package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.cli.Syntax.Flag;
import io.kubesolo.update.agent.device.BootSituation;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.Failure.Kind;

/** The option by which the exit code of a command says that a reboot is needed. */
final class RebootOption {
  private final CommandContext context;
  private final Flag given = new Flag();

  /** Work that returns an exit code. */
  @FunctionalInterface
  interface Work {
    int run() throws Failure;
  }

  RebootOption(CommandContext context, Syntax syntax) {
    this.context = context;
    syntax.flag(
        "--reboot-exit-code",
        given,
        "Exit with 14 if a reboot is needed, unless the code is 10 to 13.");
  }

  boolean isGiven() {
    return given.isGiven();
  }

  /** Does the work, and returns its exit code, or the one for a reboot that is needed. */
  int code(Work work) throws Failure {
    try {
      int code = work.run();
      return isGiven() && isCalledFor(false) ? ExitCode.REBOOT : code;
    } catch (Failure e) {
      boolean calls = isGiven()
          && ExitCode.of(e.kind()) == ExitCode.OTHER
          && isCalledFor(e.kind() == Kind.UNHEALTHY);
      if (!calls) {
        throw e;
      }
      context.output.error(e.message());
      return ExitCode.REBOOT;
    }
  }

  private boolean isCalledFor(boolean checkFailed) {
    try {
      return context.device().isDefined()
          && BootSituation.of(Device.open(context.device().get())).needsReboot(checkFailed);
    } catch (Failure e) {
      return false;
    }
  }
}
