package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.device.BootSimulator;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.ActivateTask;
import io.kubesolo.update.agent.update.HealthCheckTask;
import io.kubesolo.update.agent.update.UpdateContext;
import io.kubesolo.update.agent.update.UpdateSession;

/** A command that works on a device directory, and prints one line. */
abstract class DeviceCommand extends AgentCommand {
  private final RebootOption reboot;

  DeviceCommand(CommandContext context, String... description) {
    super(context, description);
    reboot = new RebootOption(context, syntax);
  }

  static AgentCommand activate(CommandContext context) {
    return new Simple(
        context,
        "Makes the boot loader start the staged version next.",
        "activate --reboot-exit-code; [ $? -ne 14 ] || reboot",
        update -> UpdateSession.run(update, session -> new ActivateTask(session).run()));
  }

  static AgentCommand healthcheck(CommandContext context) {
    return new Simple(
        context,
        "Runs the health check; marks the running slot good, or rolls back.",
        "healthcheck --reboot-exit-code; [ $? -ne 14 ] || reboot",
        update -> new HealthCheckTask(update).run());
  }

  static AgentCommand simulateBoot(CommandContext context) {
    return new Simple(
        context,
        "Simulates a reboot of the device: boot loader and kernel.",
        "simulate-boot",
        update -> UpdateSession.runLocked(
            update,
            device ->
                new BootSimulator(device, update.hostUptime().get(), update.messages()).boot()));
  }

  @Override
  public Integer call() throws Failure {
    UpdateContext update = context.updateContext(requireDevice());
    return reboot.code(() -> report(work(update)));
  }

  /** Writes what the work returned, and returns the exit code. */
  int report(String line) {
    return done(line);
  }

  /** Does the work, and returns what to print. */
  abstract String work(UpdateContext update) throws Failure;

  /** A command without options. */
  private static final class Simple extends DeviceCommand {
    private final UpdateSession.Task<UpdateContext, String> task;

    Simple(
        CommandContext context,
        String description,
        String example,
        UpdateSession.Task<UpdateContext, String> task) {
      super(context, description);
      this.task = task;
      syntax.example("  update-agent --device demo/device " + example);
    }

    @Override
    String work(UpdateContext update) throws Failure {
      return task.run(update);
    }
  }
}
