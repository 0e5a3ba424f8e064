package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.BootSituation;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Phase;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * One round of an unattended device: ends an overdue phase, runs the health check, applies what the
 * server offers, activates it if the policy allows, and reboots if a reboot is needed. A
 * failure in one step does not end the round.
 */
public final class RunTask {
  private final UpdateContext context;
  private final BiConsumer<String, Failure> failures;
  private boolean checkFailed;
  private boolean granted;

  /**
   * Prepares a round.
   *
   * @param failures takes the failure of a step, with its name
   */
  public RunTask(UpdateContext context, BiConsumer<String, Failure> failures) {
    Set<String> seen = new HashSet<>();
    this.context = context.withWarnings(warning -> {
      if (seen.add(warning)) {
        context.warnings().accept(warning);
      }
    });
    this.failures = failures;
  }

  /** One step of the round, which returns a line for the operator. */
  @FunctionalInterface
  private interface Step {
    Optional<String> run() throws Failure;
  }

  /** Does the work, and returns whether the device is to be rebooted now. */
  public boolean run() throws Failure {
    return UpdateSession.runLocked(context, Duration.ZERO, this::round, this::roundWithoutLock);
  }

  /**
   * Does a round without the lock: only the health check, and a reboot if one is due. The file system
   * of the lock may be read-only while the boot environment can be written.
   */
  private boolean roundWithoutLock(Device device, Failure cause) {
    examine(health -> health.runWithoutLock(device, cause));
    return isRebootDue(device, new ActivationStep(context, device)) && reboot(device);
  }

  private void examine(UpdateSession.Task<HealthCheckTask, String> work) {
    HealthCheckTask health = new HealthCheckTask(context);
    perform("healthcheck", () -> Optional.of(work.run(health)));
    checkFailed = health.isUnhealthy();
  }

  private boolean round(Device device) {
    ActivationStep activation = new ActivationStep(context, device);
    perform("tick", () -> tick(device));
    examine(health -> health.run(device));
    if (isSteady(device)) {
      activation.giveBack();
    }
    if (!isRebootBackAhead(device)) {
      perform("apply", () -> Optional.of(apply(device)));
      perform("activate", () -> activate(device, activation));
    }
    return isRebootDue(device, activation) && reboot(device);
  }

  private void perform(String name, Step step) {
    try {
      step.run().ifPresent(context.messages());
    } catch (Failure e) {
      failures.accept(name, e);
    }
  }

  private Optional<String> tick(Device device) throws Failure {
    return UpdateSession.run(context, device, UpdateSession::tick);
  }

  private String apply(Device device) throws Failure {
    return UpdateSession.run(context, device, session -> new ApplyTask(session, false).run());
  }

  private Optional<String> activate(Device device, ActivationStep activation) throws Failure {
    return UpdateSession.run(context, device, session -> {
      if (session.phase() != Phase.STAGED) {
        return Optional.empty();
      }
      Optional<String> waits = activation.waitsFor();
      granted = waits.isEmpty();
      return Optional.of(
          granted
              ? new ActivateTask(session).run()
              : "%s is staged, and not activated now: %s".formatted(session.target(), waits.get()));
    });
  }

  /** Returns the phase, none if the state file cannot be read. */
  private Optional<Phase> phase() {
    return context.state().read().map(loaded -> loaded.state().phase()).toJavaOptional();
  }

  /**
   * Returns whether the device is neither in an update nor about to reboot. If the state cannot be
   * read, the device is in no update once its running slot is marked good.
   */
  private boolean isSteady(Device device) {
    Optional<Phase> phase = phase();
    return situation(device)
        .filter(at -> !at.needsReboot(checkFailed))
        .filter(at -> phase.isPresent()
            ? phase.get() != Phase.ACTIVATED && phase.get() != Phase.VERIFYING
            : at.environment().good())
        .isPresent();
  }

  private boolean isRebootBackAhead(Device device) {
    return !isActivated() && situation(device).filter(at -> !at.isRunningNext()).isPresent();
  }

  private boolean isActivated() {
    return phase().filter(phase -> phase != Phase.ACTIVATED).isEmpty();
  }

  private static Optional<BootSituation> situation(Device device) {
    try {
      return Optional.of(BootSituation.of(device));
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  /** Returns whether a reboot is needed, and allowed if it is one into a target. */
  private boolean isRebootDue(Device device, ActivationStep activation) {
    Optional<BootSituation> situation = situation(device);
    if (situation.filter(at -> at.needsReboot(checkFailed)).isEmpty()) {
      return false;
    }
    boolean intoTarget = isActivated() && !situation.get().isRunningNext();
    if (!intoTarget || granted) {
      return true;
    }
    try {
      Optional<String> waits = activation.waitsFor();
      waits.ifPresent(
          words -> context.messages().accept("the device is not rebooted now: " + words));
      return waits.isEmpty();
    } catch (Failure e) {
      failures.accept("reboot", e);
      return false;
    }
  }

  private boolean reboot(Device device) {
    perform("reboot", () -> {
      List<String> command = device.config().boot().reboot().get();
      if (command.isEmpty()) {
        return Optional.of("a reboot is needed");
      }
      context.messages().accept("the device reboots");
      context.reboot().run(command);
      return Optional.empty();
    });
    return true;
  }
}
