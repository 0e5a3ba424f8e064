package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.device.BootSimulator;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.ActivateTask;
import io.kubesolo.update.agent.update.HealthCheckTask;
import io.kubesolo.update.agent.update.UpdateContext;
import io.kubesolo.update.agent.update.UpdateSession;
import java.time.Duration;

/** A command that works on a device directory, and prints one line. */
abstract class DeviceCommand extends AgentCommand {
  /** How long a health check waits for another command that works on the device. */
  private static final Duration HEALTHCHECK_PATIENCE = Duration.ofSeconds(60);

  DeviceCommand(CommandContext context, String description) {
    super(context, description);
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
        update -> UpdateSession.run(
            update, HEALTHCHECK_PATIENCE, session -> new HealthCheckTask(session).run()));
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
    if (context.device().isEmpty()) {
      throw wrong("needs a device directory: --device DIR, or $" + CommandContext.DEVICE_VARIABLE);
    }
    return report(work(context.updateContext(context.device().get())));
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
