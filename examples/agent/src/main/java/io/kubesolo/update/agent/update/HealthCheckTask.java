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
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.ProcessLock;
import io.vavr.control.Either;
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

  private final UpdateContext context;
  private boolean unhealthy;

  /** Prepares the work. */
  public HealthCheckTask(UpdateContext context) {
    this.context = context;
  }

  /** Does the work under the work lock, and returns a line for the operator. */
  public String run() throws Failure {
    Device device = Device.open(context.dir());
    Either<Failure, ProcessLock.Held> lock = UpdateSession.tryLock(context, PATIENCE);
    if (lock.isLeft()) {
      return unlocked(device, lock.getLeft());
    }
    ProcessLock.Held held = lock.get();
    try (held) {
      return run(device);
    }
  }

  /** Works without the lock: on a read-only file system no other process can create it either. */
  private String unlocked(Device device, Failure cause) throws Failure {
    if (cause.kind() == Kind.BUSY) {
      throw cause;
    }
    return runWithoutLock(device, cause);
  }

  /**
   * Does the work that needs no state, because the work lock cannot be created.
   *
   * @param cause why not, which is thrown after a healthy slot is marked good
   */
  String runWithoutLock(Device device, Failure cause) throws Failure {
    return run(device, UpdateSession.settled(context, device), Either.left(cause));
  }

  /** Returns whether the health check failed in all its tries. */
  boolean isUnhealthy() {
    return unhealthy;
  }

  /** Does the work while the work lock is held, and returns a line for the operator. */
  String run(Device device) throws Failure {
    RunningSystem running = UpdateSession.settled(context, device);
    Either<Failure, UpdateSession> session = open(device, running);
    try {
      return run(device, running, session);
    } finally {
      session.forEach(UpdateSession::close);
    }
  }

  private Either<Failure, UpdateSession> open(Device device, RunningSystem running) {
    try {
      return Either.right(UpdateSession.open(context, device, running));
    } catch (Failure e) {
      return Either.left(e);
    }
  }

  private String run(Device device, RunningSystem running, Either<Failure, UpdateSession> session)
      throws Failure {
    BootSituation situation = BootSituation.of(device, running.slot());
    if (situation.isRunningNext()) {
      return examine(device, running, session);
    }
    UpdateSession opened = orThrow(session);
    String outlook = opened.bootSelection().outlook();
    if (opened.phase() == Phase.ACTIVATED) {
      return outlook;
    }
    String end = opened.phase() == Phase.ROLLED_BACK ? " was rolled back" : " does not boot next";
    throw Failure.of(opened.version() + end + "; " + outlook);
  }

  private static UpdateSession orThrow(Either<Failure, UpdateSession> session) throws Failure {
    if (session.isLeft()) {
      throw session.getLeft();
    }
    return session.get();
  }

  private String examine(
      Device device, RunningSystem running, Either<Failure, UpdateSession> session) throws Failure {
    Optional<String> version = version(device, running, session);
    HealthResult result = new HealthCheck(context.probe(), pause -> Thread.sleep(pause.toMillis()))
        .run(device, running.slot(), version, context.messages());
    // The check takes its time, and may itself change the boot environment.
    BootSituation situation = BootSituation.of(device, running.slot());
    if (!situation.isRunningNext()) {
      throw Failure.of("slot %s was made the active one during the health check of slot %s; nothing"
              .formatted(running.slot().other(), running.slot())
          + " is decided");
    }
    switch (result.outcome()) {
      case HEALTHY -> {
        markGood(device, version, situation);
        String line = "%s is healthy, slot %s is marked good"
            .formatted(version.orElse("the running version"), running.slot());
        return version.isEmpty() && session.isLeft()
            ? withoutVersion(line, session.getLeft())
            : confirmed(line, session);
      }
      case UNHEALTHY -> {
        unhealthy = true;
        if (!situation.environment().good() || isOnTrial(session)) {
          noteCheck(device, running.slot(), CheckResult.FAILED);
        }
        throw endTrial(situation, result.problem(), session);
      }
      default -> {
        Failure undecided = Failure.of(result.problem() + "; nothing is decided");
        throw session.isLeft() ? undecided.and(session.getLeft()) : undecided;
      }
    }
  }

  /**
   * Returns the version that runs; none if it is not known, which does not keep a healthy slot from being
   * marked good.
   */
  private Optional<String> version(
      Device device, RunningSystem running, Either<Failure, UpdateSession> session) {
    if (session.isRight()) {
      return Optional.of(session.get().version());
    }
    if (session.getLeft().kind() == Kind.CONTENT) {
      return Optional.empty();
    }
    try {
      return running.version(device.slots());
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  /**
   * Marks the running slot good. This removes the trace of a fall-back from the passive version, so
   * its note is changed first: it says that the version failed. If the state still has to be rolled
   * back because of that trace, the trace is kept.
   */
  private void markGood(Device device, Optional<String> version, BootSituation situation)
      throws Failure {
    if (situation.hasFallenBack()) {
      noteCheck(device, situation.running().other(), CheckResult.FAILED);
    }
    BootEnvironment environment = situation.environment();
    int tries = device.config().boot().tries();
    BootEnvironment marked = isFallBackUnrecorded(situation)
        ? environment.markedGoodWithTarget(tries)
        : environment.markedGood(tries);
    if (!environment.good() || !environment.updateTarget().equals(marked.updateTarget())) {
      device.bootEnvironment().write(marked);
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

  /** Notes what the health check found about a slot. A failure is a warning. */
  private void noteCheck(Device device, Slot slot, CheckResult result) {
    try {
      device.slots().noteCheck(slot, result);
    } catch (Failure e) {
      context.warnings().accept(e.message());
    }
  }

  private String confirmed(String line, Either<Failure, UpdateSession> session) throws Failure {
    if (session.isLeft()) {
      context.messages().accept(line);
    }
    UpdateSession opened = orThrow(session);
    if (opened.phase() == Phase.VERIFYING) {
      opened.send(new Confirm());
    }
    return line;
  }

  /** Ends a check of an unknown version. It is a failure only if there is something to confirm. */
  private String withoutVersion(String line, Failure cause) throws Failure {
    UpdateState state = Failure.orThrow(context.state().read()).state();
    return switch (state.phase()) {
      case STAGED, ACTIVATED, VERIFYING -> {
        context.messages().accept(line);
        throw cause;
      }
      case IDLE, CHECKING, DOWNLOADING, SUCCESS, ROLLED_BACK, FAILED -> {
        context.warnings().accept(cause.message());
        yield line;
      }
    };
  }

  private static boolean isOnTrial(Either<Failure, UpdateSession> session) {
    return session.exists(opened -> opened.phase() == Phase.VERIFYING);
  }

  /** Ends the trial of a target that is not healthy, and returns the failure to throw. */
  private static Failure endTrial(
      BootSituation situation, String problem, Either<Failure, UpdateSession> session)
      throws Failure {
    Failure failed = Failure.of(Kind.UNHEALTHY, problem);
    if (session.isLeft()) {
      return failed.and(session.getLeft());
    }
    UpdateSession opened = session.get();
    return isOnTrial(session)
        ? rollBack(opened, failed)
        : Failure.of(
            Kind.UNHEALTHY,
            "%s in slot %s: %s; %s"
                .formatted(opened.version(), situation.running(), problem, prospect(situation)));
  }

  private static String prospect(BootSituation situation) {
    BootEnvironment environment = situation.environment();
    if (environment.good()) {
      return "the slot was marked good before, and stays good";
    }
    String left = "the slot is not marked good; boots left before GRUB starts the other slot: %d"
        .formatted(environment.counter());
    return situation.needsReboot(true) ? left + "; reboot the device" : left;
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
