package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.BootSituation;
import io.kubesolo.update.agent.device.CheckResult;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.HealthCheck;
import io.kubesolo.update.agent.device.HealthResult;
import io.kubesolo.update.agent.device.RunningSystem;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.Failure.Kind;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import java.time.Duration;
import java.util.Optional;

/**
 * Runs the health check. If the device is healthy, the running slot is marked good, even if the
 * state file is unreadable, and a target on trial is then confirmed. If it is not, a target on
 * trial is rolled back; any other slot stays unmarked, so that the boot loader leaves it when its
 * boots run out.
 */
public final class HealthCheckTask {
  /** How long a health check waits for another command that works on the device. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * Without a session the running version is not noted: that of os-release may be proven wrong by the
   * state.
   */
  private static final Optional<String> NOT_NOTED = Optional.empty();

  private final UpdateContext context;
  private boolean unhealthy;

  /** Prepares the work. */
  public HealthCheckTask(UpdateContext context) {
    this.context = context;
  }

  /** Does the work under the work lock, and returns a line for the operator. */
  public String run() throws Failure {
    return UpdateSession.runLocked(context, PATIENCE, this::run, this::runWithoutLock);
  }

  /**
   * Does the work that needs no state, because the work lock cannot be created.
   *
   * @param cause why not, which is thrown after a healthy slot is marked good
   */
  String runWithoutLock(Device device, Failure cause) throws Failure {
    return runWithoutState(device, UpdateSession.settled(context, device), cause);
  }

  /** Returns whether the health check failed in all its tries. */
  boolean isUnhealthy() {
    return unhealthy;
  }

  /** Does the work while the work lock is held, and returns a line for the operator. */
  String run(Device device) throws Failure {
    RunningSystem running = UpdateSession.settled(context, device);
    UpdateSession session;
    try {
      session = UpdateSession.open(context, device, running);
    } catch (Failure cause) {
      return runWithoutState(device, running, cause);
    }
    try (session) {
      return run(device, session);
    }
  }

  private String run(Device device, UpdateSession session) throws Failure {
    Slot slot = session.runningSlot();
    if (!BootSituation.of(device, slot).isRunningNext()) {
      return awaitReboot(session);
    }
    Optional<String> version = Optional.of(session.version());
    HealthResult result = check(device, slot, version);
    BootSituation situation = situationAfterCheck(device, slot);
    boolean onTrial = session.phase() == Phase.VERIFYING;
    switch (result.outcome()) {
      case HEALTHY -> {
        markGood(device, version, situation);
        if (onTrial) {
          session.send(new Confirm());
        }
        return healthy(version, slot);
      }
      case UNHEALTHY -> {
        noteUnhealthy(device, version, situation, onTrial);
        throw onTrial
            ? rollBack(session, unhealthy(result))
            : unmarked(session.version(), result.problem(), situation);
      }
      default -> throw undecided(result);
    }
  }

  /** Returns what the next boot brings if the target is activated, and else throws it. */
  private static String awaitReboot(UpdateSession session) throws Failure {
    String outlook = session.bootSelection().outlook();
    if (session.phase() == Phase.ACTIVATED) {
      return outlook;
    }
    boolean isRolledBack =
        session.phase() == Phase.ROLLED_BACK && session.isTarget(session.version());
    String end = isRolledBack ? " was rolled back" : " does not boot next";
    throw Failure.of(session.version() + end + "; " + outlook);
  }

  /**
   * Marks the running slot good if it is healthy, and decides nothing about an update.
   *
   * @param cause why there is no session, which is thrown after that
   */
  private String runWithoutState(Device device, RunningSystem running, Failure cause)
      throws Failure {
    Slot slot = running.slot();
    if (!BootSituation.of(device, slot).isRunningNext()) {
      throw cause;
    }
    Optional<String> version = version(device, running, cause);
    HealthResult result = check(device, slot, version);
    BootSituation situation = situationAfterCheck(device, slot);
    switch (result.outcome()) {
      case HEALTHY -> {
        markGood(device, NOT_NOTED, situation);
        if (version.isEmpty() && !isUpdateOpen()) {
          context.warnings().accept(cause.message());
          return healthy(version, slot);
        }
        context.messages().accept(healthy(version, slot));
        throw cause;
      }
      case UNHEALTHY -> {
        noteUnhealthy(device, version, situation, false);
        throw unhealthy(result).and(cause);
      }
      default -> throw undecided(result).and(cause);
    }
  }

  /**
   * Returns the version that runs; none if it is not known, which does not keep a healthy slot from being
   * marked good.
   */
  private static Optional<String> version(Device device, RunningSystem running, Failure cause) {
    if (cause.kind() == Kind.CONTENT) {
      return Optional.empty();
    }
    try {
      return running.version(device.slots());
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  /** Returns whether the state has an update that a version which is not known may confirm. */
  private boolean isUpdateOpen() throws Failure {
    return switch (Failure.orThrow(context.state().read()).state().phase()) {
      case STAGED, ACTIVATED, VERIFYING -> true;
      case IDLE, CHECKING, DOWNLOADING, SUCCESS, ROLLED_BACK, FAILED -> false;
    };
  }

  private HealthResult check(Device device, Slot slot, Optional<String> version) {
    return new HealthCheck(context.probe(), pause -> Thread.sleep(pause.toMillis()))
        .run(device, slot, version, context.messages());
  }

  /** Reads the situation again: a check takes time, and may itself change the boot environment. */
  private static BootSituation situationAfterCheck(Device device, Slot slot) throws Failure {
    BootSituation situation = BootSituation.of(device, slot);
    if (!situation.isRunningNext()) {
      throw Failure.of("slot %s was made the active one during the health check of slot %s; nothing"
              .formatted(slot.other(), slot)
          + " is decided");
    }
    return situation;
  }

  private static String healthy(Optional<String> version, Slot slot) {
    return "%s is healthy, slot %s is marked good"
        .formatted(version.orElse("the running version"), slot);
  }

  private static Failure unhealthy(HealthResult result) {
    return Failure.of(Kind.UNHEALTHY, result.problem());
  }

  private static Failure undecided(HealthResult result) {
    return Failure.of(result.problem() + "; nothing is decided");
  }

  /**
   * Marks the running slot good. This removes the trace of a fall-back from the passive version, so
   * its note is changed first: it says that the version failed. The trace is kept if that note cannot
   * be changed, or if the state still has to be rolled back because of it.
   */
  private void markGood(Device device, Optional<String> version, BootSituation situation)
      throws Failure {
    boolean isNoted = !situation.hasFallenBack()
        || noteCheck(device, situation.running().other(), CheckResult.FAILED);
    BootEnvironment environment = situation.environment();
    int tries = device.config().boot().tries();
    BootEnvironment marked = !isNoted || isFallBackUnrecorded(situation)
        ? environment.markedGoodWithTarget(tries)
        : environment.markedGood(tries);
    if (!environment.good()
        || environment.counter() != tries
        || !environment.updateTarget().equals(marked.updateTarget())) {
      device.writeBootEnvironment(marked);
    }
    if (version.isPresent()) {
      noteWayBack(device, situation.running(), version.get());
    }
    noteCheck(device, situation.running(), CheckResult.PASSED);
  }

  /**
   * Notes what the running slot holds if no valid note says it: without one the device could not go
   * back to it. This is done long before it is left, because the boot loader or an operator may
   * start the other slot at any time. A failure is a warning.
   */
  private void noteWayBack(Device device, Slot running, String version) {
    try {
      device.slots().noteUnlessKnown(running, version);
    } catch (Failure e) {
      context.warnings().accept(e.message());
    }
  }

  /**
   * Returns whether the state does not say yet that the boot loader fell back. It may not if it
   * cannot be read.
   */
  private boolean isFallBackUnrecorded(BootSituation situation) {
    return situation.hasFallenBack()
        && context
            .state()
            .read()
            .map(StateStore.Loaded::state)
            .fold(
                unreadable -> true,
                state -> state.phase() == Phase.ACTIVATED
                    && state.toVersion().exists(situation.environment()::isTarget));
  }

  /** Notes what the health check found about a slot. A failure is a warning, and returns false. */
  private boolean noteCheck(Device device, Slot slot, CheckResult result) {
    try {
      device.slots().noteCheck(slot, result);
      return true;
    } catch (Failure e) {
      context.warnings().accept(e.message());
      return false;
    }
  }

  /** Notes a check that failed. A slot that was marked good before stays good, unless on trial. */
  private void noteUnhealthy(
      Device device, Optional<String> version, BootSituation situation, boolean onTrial) {
    unhealthy = true;
    if (onTrial) {
      noteCheck(device, situation.running(), CheckResult.FAILED);
    } else if (!situation.environment().good()) {
      boolean isNoted = noteCheck(device, situation.running(), CheckResult.FAILED);
      if (BootRules.isLeftAfterLastBoot(context.readState(), version, isNoted, situation)) {
        selectOther(device, situation);
      }
    }
  }

  /** Selects the other slot, which can be used. A failure is a warning. */
  private void selectOther(Device device, BootSituation situation) {
    try {
      String version = situation.passive().version().orElseThrow();
      int tries = device.config().boot().tries();
      device.writeBootEnvironment(
          situation.environment().switchedTo(situation.running().other(), version, tries));
    } catch (Failure e) {
      context.warnings().accept(e.message());
    }
  }

  /** Returns the failure to throw for a version that is not healthy, and not on trial. */
  private static Failure unmarked(String version, String problem, BootSituation situation) {
    return Failure.of(
        Kind.UNHEALTHY,
        "%s in slot %s: %s; %s"
            .formatted(version, situation.running(), problem, prospect(situation)));
  }

  private static String prospect(BootSituation situation) {
    BootEnvironment environment = situation.environment();
    if (environment.good()) {
      return "the slot was marked good before, and stays good";
    }
    String left = "the slot is not marked good; boots left before GRUB starts the other slot: %d"
        .formatted(environment.counter());
    return situation
        .passiveObstacle()
        .map(obstacle -> left + "; that slot cannot be used: " + obstacle)
        .orElse(left + "; reboot the device");
  }

  /** Rolls back, and returns the failure to throw. */
  private static Failure rollBack(UpdateSession session, Failure unhealthy) throws Failure {
    BootSelection boot = session.bootSelection();
    Optional<Failure> obstacle = boot.obstacleToGoBack();
    if (obstacle.isEmpty()) {
      boot.requireRoomFor(session.passiveSlot());
    }
    obstacle.ifPresent(session::warn);
    session.send(new Rollback(unhealthy.message()));
    boot.align();
    return Failure.of(Kind.UNHEALTHY, unhealthy.message() + "; rolled back: " + boot.outlook());
  }
}
