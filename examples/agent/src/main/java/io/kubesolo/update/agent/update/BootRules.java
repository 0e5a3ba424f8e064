package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.BootSituation;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rebooted;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.util.List;
import java.util.Optional;

/** What follows from a state and a boot situation, as pure functions. */
final class BootRules {
  private BootRules() {}

  /** What the boot loader has done with an activated target, if another version runs. */
  enum Trial {
    /** The target was set to boot, its tries are used up, and the running slot booted. */
    FELL_BACK,
    /** The target was never set to boot: the process ended between the event and the switch. */
    NOT_SWITCHED,
    /** The target was set to boot and the device rebooted, but the target was not started. */
    NOT_TAKEN,
    /** The target is set to boot, and the device has not rebooted since. */
    AWAITED
  }

  /**
   * Returns what the boot loader has done with a target that is activated and does not run.
   *
   * @param rebooted whether the device booted since the last event
   */
  static Trial trial(UpdateState state, BootSituation situation, Rebooted rebooted) {
    if (!situation.isRunningNext()) {
      return rebooted == Rebooted.YES ? Trial.NOT_TAKEN : Trial.AWAITED;
    }
    boolean wanted = state.toVersion().exists(situation.environment()::isTarget);
    return wanted ? Trial.FELL_BACK : Trial.NOT_SWITCHED;
  }

  /** The slot that is to boot next. */
  enum Next {
    RUNNING,
    PASSIVE,
    /** The running one, because the passive one does not hold the activated target. */
    RUNNING_WITHOUT_TARGET
  }

  /** Returns the slot that is to boot next on a device that runs a version. */
  static Next next(UpdateState state, String version, BootSituation situation) {
    if (state.phase() == Phase.ACTIVATED) {
      return holdsTarget(state, situation) && situation.passive().isWhole()
          ? Next.PASSIVE
          : Next.RUNNING_WITHOUT_TARGET;
    }
    boolean leaves = isToBeLeft(state, version) && mayGoBack(state, situation);
    return leaves || isSickAndLeft(state, situation) ? Next.PASSIVE : Next.RUNNING;
  }

  /** Returns whether the passive slot boots next because the running one was found sick. */
  private static boolean isSickAndLeft(UpdateState state, BootSituation situation) {
    return state.phase() != Phase.VERIFYING
        && !isTargetUnderWay(state, situation)
        && !situation.isRunningNext()
        && situation.isRunningFailed()
        && situation.isPassiveUsable();
  }

  /** Returns whether the passive slot may hold a target that is not activated yet. */
  private static boolean isTargetUnderWay(UpdateState state, BootSituation situation) {
    boolean underWay = state.phase() == Phase.DOWNLOADING || state.phase() == Phase.STAGED;
    return underWay && holdsTarget(state, situation);
  }

  /**
   * Returns whether the passive slot is to be selected instead of a running one that is not healthy, because
   * the boot loader would start it in the next boot: the running one has had all its boots. The boot loader
   * itself leaves no trace of this: if the other slot does not boot either, the device would go back and
   * forth between the two without end. A target on trial is rolled back first, and one that is staged is
   * activated first.
   *
   * @param state the state, none if it cannot be read
   * @param version the running version, none if it is not known
   * @param isNoted whether the slot's note says that its health check failed; else the trace of a switch
   *     to it is all that says so after the next boot, and is kept
   */
  static boolean isLeftAfterLastBoot(
      Option<UpdateState> state,
      Optional<String> version,
      boolean isNoted,
      BootSituation situation) {
    BootEnvironment environment = situation.environment();
    boolean isTraceNeeded = (state.isEmpty() || !isNoted)
        && environment.updateTarget().isPresent()
        && version.filter(running -> !environment.isTarget(running)).isEmpty();
    boolean isInUpdate = state.exists(known -> known.phase() == Phase.ACTIVATED
        || known.phase() == Phase.VERIFYING
        || isTargetUnderWay(known, situation));
    return environment.counter() == 0
        && !isTraceNeeded
        && !isInUpdate
        && situation.isPassiveUsable();
  }

  /**
   * Returns whether a reboot that is needed is one into a target: an activated one that boots next, or one
   * that is not activated, or no longer offered, for which a running slot that is not healthy would be left.
   *
   * @param state the state; if it cannot be read, a version that is not healthy is left for an earlier one
   * @param checkFailed whether the health check is known to have failed although no note says it
   */
  static boolean isIntoTarget(
      Option<UpdateState> state, BootSituation situation, boolean checkFailed) {
    if (state.isEmpty()) {
      return !situation.isRunningNext() && !checkFailed && !situation.isRunningFailed();
    }
    boolean holdsTarget = holdsTarget(state.get(), situation);
    boolean mayHoldTarget = holdsTarget || situation.passive().version().isEmpty();
    return switch (state.get().phase()) {
      case ACTIVATED -> mayHoldTarget && !situation.isRunningNext();
      case DOWNLOADING, STAGED -> mayHoldTarget;
      case IDLE, CHECKING, FAILED, ROLLED_BACK -> holdsTarget;
      case VERIFYING, SUCCESS -> false;
    };
  }

  private static boolean isToBeLeft(UpdateState state, String version) {
    return switch (state.phase()) {
      case ACTIVATED, VERIFYING, SUCCESS -> false;
      case ROLLED_BACK ->
        state.toVersion().contains(version) || isGivenUp(state, Optional.of(version));
      case IDLE, CHECKING, DOWNLOADING, STAGED, FAILED -> isGivenUp(state, Optional.of(version));
    };
  }

  /**
   * Returns whether the passive slot may be booted instead of a running version that was given up.
   * It must not hold a version that was given up too, because a device would go back and forth
   * between the two, nor a target that is not activated yet, because the policy of the device
   * decides when.
   */
  static boolean mayGoBack(UpdateState state, BootSituation situation) {
    return !isTargetUnderWay(state, situation)
        && !isGivenUp(state, situation.passive().version())
        && situation.isPassiveUsable();
  }

  private static boolean holdsTarget(UpdateState state, BootSituation situation) {
    return situation
        .passive()
        .version()
        .filter(version -> state.toVersion().contains(version))
        .isPresent();
  }

  private static boolean isGivenUp(UpdateState state, Optional<String> version) {
    List<String> givenUp = state.rolledBackVersions();
    return version.filter(givenUp::contains).isPresent();
  }

  /**
   * Returns why the passive slot must not be overwritten, none if it may be: nothing is lost if the
   * running slot is marked good and boots next, or if the passive one is of no use. One that cannot be
   * read may be whole; it is overwritten only once the running version is known to be sick.
   */
  static Optional<String> overwriteRefusal(UpdateState state, BootSituation situation) {
    if (!situation.isRunningNext()) {
      return Optional.of("slot %s runs, and the other one boots next: reboot first"
          .formatted(situation.running()));
    }
    boolean losesNothing = situation.environment().good()
        || isGivenUp(state, situation.passive().version())
        || situation.passive().isFailed()
        || situation.hasFallenBack()
        || situation.passive().isDamaged()
        || (situation.isRunningFailed() && !situation.passive().isWhole());
    return losesNothing
        ? Optional.empty()
        : Optional.of("slot %s runs and is not marked good yet: run healthcheck first"
            .formatted(situation.running()));
  }
}
