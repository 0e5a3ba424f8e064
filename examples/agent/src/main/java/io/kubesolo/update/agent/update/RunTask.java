package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.BootSituation;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.RebootNote;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * One round of an unattended device: runs the health check, ends an overdue phase, applies what the
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
    return reboot(device, new ActivationStep(context, device));
  }

  private void examine(UpdateSession.Task<HealthCheckTask, String> work) {
    HealthCheckTask health = new HealthCheckTask(context);
    perform("healthcheck", () -> Optional.of(work.run(health)));
    checkFailed = health.isUnhealthy();
  }

  private boolean round(Device device) {
    ActivationStep activation = new ActivationStep(context, device);
    examine(health -> health.run(device));
    // A target that is healthy now is not rolled back because the round comes late.
    perform("tick", () -> tick(device));
    if (isSteady(device)) {
      activation.giveBack();
    }
    if (!isRebootBackAhead(device)) {
      perform("apply", () -> Optional.of(apply(device)));
      perform("activate", () -> activate(device, activation));
    }
    return reboot(device, activation);
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

  /**
   * Returns whether the device is neither in an update nor about to reboot. If the state cannot be
   * read, the device is in no update once its running slot is marked good.
   */
  private boolean isSteady(Device device) {
    Option<Phase> phase = context.readState().map(UpdateState::phase);
    return situation(device)
        .filter(at -> !at.needsReboot(checkFailed))
        .filter(at -> phase.isDefined()
            ? phase.get() != Phase.ACTIVATED && phase.get() != Phase.VERIFYING
            : at.environment().good())
        .isPresent();
  }

  private boolean isRebootBackAhead(Device device) {
    return !isActivated() && situation(device).filter(at -> !at.isRunningNext()).isPresent();
  }

  private boolean isActivated() {
    return context.readState().filter(state -> state.phase() != Phase.ACTIVATED).isEmpty();
  }

  private static Optional<BootSituation> situation(Device device) {
    try {
      return Optional.of(BootSituation.of(device));
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  /** Reboots the device if that is needed, is allowed, and may change something; returns whether it is. */
  private boolean reboot(Device device, ActivationStep activation) {
    Optional<BootSituation> situation = situation(device);
    if (situation.isEmpty()) {
      return false;
    }
    if (!situation.get().needsReboot(checkFailed)) {
      new RebootNote(device.dir()).forget();
      return false;
    }
    if (!isAllowed(situation.get(), activation) || !noteReboot(device, situation.get())) {
      return false;
    }
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

  /** Returns whether a reboot is allowed now; only one into a target may have to wait. */
  private boolean isAllowed(BootSituation situation, ActivationStep activation) {
    if (granted || !BootRules.isIntoTarget(context.readState(), situation, checkFailed)) {
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

  /**
   * Notes the reboot, and returns true; or reports a failure and returns false if the last one was in
   * vain. A note that cannot be read or written is a warning, and stops no reboot.
   */
  private boolean noteReboot(Device device, BootSituation situation) {
    RebootNote note = new RebootNote(device.dir());
    try {
      for (Boot now : device.running().boot(context.hostUptime().get())) {
        if (isInVain(note, now, situation)) {
          failures.accept("reboot", inVain(device));
          return false;
        }
        note.write(now, situation);
      }
    } catch (Failure e) {
      context.warnings().accept(e.message());
    }
    return true;
  }

  private boolean isInVain(RebootNote note, Boot now, BootSituation situation) {
    try {
      return note.wasInVain(now, situation);
    } catch (Failure e) {
      context.warnings().accept(e.message());
      return false;
    }
  }

  private static Failure inVain(Device device) {
    return Failure.at(
        device.bootEnvironment().path(),
        "the boot loader did not change it in the last boot, so it does not use this file, or cannot"
            + " write it; the device is not rebooted again; check grubenv in device.json");
  }
}
