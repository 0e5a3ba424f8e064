package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.RunTask;
import io.kubesolo.update.agent.update.UpdateContext;

/** Does one round of an unattended device. */
final class RunCommand extends AgentCommand {
  private final RebootOption reboot;
  private int code = ExitCode.OK;

  RunCommand(CommandContext context) {
    super(
        context,
        "Does one round of an unattended device; run it every few minutes by a timer.",
        "Runs the health check, ends an overdue phase, downloads what the server offers,",
        "activates it if the policy of the device allows, and reboots if a reboot is needed:",
        "with the command of device.json, or, with --reboot-exit-code, exits with 14. A failure",
        "in one step does not end the round.");
    reboot = new RebootOption(context, syntax);
    syntax.example("  update-agent --device demo/device run --reboot-exit-code");
  }

  @Override
  public Integer call() throws Failure {
    UpdateContext update = context.updateContext(requireDevice());
    boolean reboots = new RunTask(update, this::failed).run();
    return reboots && reboot.isGiven() && code <= ExitCode.OTHER ? ExitCode.REBOOT : code;
  }

  /** Reports the failure of a step. The first code other than 1 is the code of the round. */
  private void failed(String step, Failure failure) {
    context.output.error(step + ": " + failure.message());
    if (code <= ExitCode.OTHER) {
      code = ExitCode.of(failure.kind());
    }
  }
}
