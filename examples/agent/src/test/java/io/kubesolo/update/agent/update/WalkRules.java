package io.kubesolo.update.agent.update;

import io.kubesolo.update.core.Phase;
import java.util.Set;

/** The rules for a state, for each step from one to another, and for a device at rest. */
final class WalkRules {
  private static final Set<Phase> ON_TRIAL = Set.of(Phase.ACTIVATED, Phase.VERIFYING);

  private static final String FAULT_IN_STATE = "healthcheck, disk fault in reading the state";
  private static final Set<String> MARKING_GOOD =
      Set.of("healthcheck", "healthcheck, disk full", FAULT_IN_STATE);

  private final WalkState before;
  private final String action;
  private final boolean isCommand;

  private WalkRules(WalkState before, String action) {
    this.before = before;
    this.action = action;
    this.isCommand = DeviceWalk.isCommand(action);
  }

  /** Examines an action in a state, and what it would have left if it were killed, or its power cut. */
  static void examine(WalkState before, String action, DeviceWalk.Run run) {
    WalkRules rules = new WalkRules(before, action);
    for (WalkState state : run.killed()) {
      rules.examineStep(state);
      rules.examineChange(state);
    }
    run.cut().forEach(rules::examineStep);
    rules.examineEnd(run.end());
  }

  /** Examines the end of an action. */
  static void examine(WalkState before, String action, WalkState end) {
    new WalkRules(before, action).examineEnd(end);
  }

  private void examineEnd(WalkState end) {
    examineStep(end);
    examineChange(end);
    if (!before.booted() || !isCommand) {
      return;
    }
    if (!action.contains(", disk ") || MARKING_GOOD.contains(action)) {
      examineHealthCheck(end);
    }
    if (DeviceWalk.reconciles(action) && before.valid()) {
      examineReconciled(end);
      examineServer(end);
    }
    if (DeviceWalk.reconciles(action) && !before.valid()) {
      require(
          !hasFallenBack(before) || end.isGivenUp(before.second().version()),
          "a target that did not boot is not given up when the state file is repaired",
          end);
    }
    if (action.contains(", disk fault in ") && action.endsWith(" slot")) {
      require(isNotEnded(end), "a failure of the device ends the attempt", end);
    }
  }

  /** Examines a state that was reached, whatever happened. */
  private void examineStep(WalkState after) {
    require(after.boots(), "no slot boots", after);
    boolean enters = after.phase() != before.phase() || after.to() != before.to();
    require(
        !after.booted() || !after.isClaim() || !enters || after.isOnTarget(),
        after.phase() + " names a version that does not run",
        after);
    boolean isLost = isTargetLost(after) && !isTargetLost(before);
    require(
        !isLost || action.equals(DeviceWalk.DAMAGE_SLOT),
        "the target is not whole in " + after.phase(),
        after);
    for (int version = 1; version <= WalkState.VERSIONS; version++) {
      if (after.isGivenUp(version) && !before.isGivenUp(version)) {
        require(mayGiveUp(version), "v" + version + " is given up and was not tried", after);
      }
    }
    boolean fellBackOnce = before.phase() == Phase.SUCCESS && !before.detail();
    require(
        !fellBackOnce
            || before.isOnTarget()
            || !before.booted()
            || before.isGivenUp(before.to())
            || !after.isGivenUp(before.to())
            || action.startsWith(DeviceWalk.ROUND)
            || isOperatorsRollback(),
        "a version that passed its check is given up for falling back once",
        after);
    boolean lost = (after.lock() & WalkState.Lock.HELD) != 0
        && (after.lock() & WalkState.Lock.NOTED) == 0
        && (after.lock() & WalkState.Lock.GIVEN_BACK) != 0;
    require(!lost, "the fleet lock is held, and the device does not know it", after);
  }

  private static boolean isTargetLost(WalkState state) {
    boolean waits = state.phase() == Phase.STAGED || state.phase() == Phase.ACTIVATED;
    return waits && !state.isOnTarget() && !state.holdsTarget();
  }

  private boolean isOperatorsRollback() {
    return action.startsWith("rollback") && !action.startsWith("rollback --retry");
  }

  /**
   * Returns whether there is a reason to give a version up: the operator says so, it runs, or it ran, or the
   * boot loader has started it since it was activated.
   */
  private boolean mayGiveUp(int version) {
    if (isOperatorsRollback() || before.runs(version) || action.startsWith(DeviceWalk.ROUND)) {
      return true;
    }
    if (!before.valid()) {
      return before.second().version() == version
          && (before.second().failed() || hasFallenBack(before));
    }
    return before.to() == version
        && (before.isClaim() || (before.phase() == Phase.ACTIVATED && before.tried()));
  }

  private static boolean hasFallenBack(WalkState state) {
    return state.isRunningNext()
        && state.wanted() != 0
        && state.wanted() == state.second().version();
  }

  /** Checks what a command must not do, wherever it is killed. */
  private void examineChange(WalkState after) {
    if (!before.booted() || !after.booted() || before.envDamaged() || !isCommand) {
      return;
    }
    WalkState.Slot passive = before.second();
    boolean bootsNext = after.secondActive();
    boolean isNeeded = bootsNext || (!before.good() && !before.isSecondSpent());
    boolean overwritten = passive.whole()
        && !(after.second().whole() && after.second().version() == passive.version());
    require(
        !(isNeeded && overwritten && !after.good()), "a slot that is needed is overwritten", after);
    require(
        before.good() || !after.good() || !bootsNext,
        "a slot that does not run is marked good",
        after);
    boolean confirms = before.phase() != Phase.SUCCESS && after.phase() == Phase.SUCCESS;
    require(!confirms || after.good(), "confirmed before it was marked good", after);
    if (bootsNext && !before.secondActive()) {
      examineSwitch(after);
    }
    boolean told =
        after.wanted() != before.wanted() || after.secondActive() != before.secondActive();
    require(
        !told || after.wanted() == 0 || after.wanted() == after.active().version(),
        "the boot environment says that a version was tried that was not",
        after);
    boolean found = after.second().failed()
        && !(passive.failed() && passive.version() == after.second().version());
    require(!found || hasFallenBack(before), "a slot that did not run is noted as failed", after);
  }

  /** Checks what must be true when the agent selects the passive slot. */
  private void examineSwitch(WalkState after) {
    boolean isTarget = after.second().version() == after.to();
    require(after.second().whole(), "a slot boots next that is not whole", after);
    boolean isClaim = after.isClaim() && !bootsAnyway();
    require(
        !isClaim && !(after.phase() == Phase.STAGED && isTarget),
        "the boot loader was configured before the event in " + after.phase(),
        after);
    require(
        after.phase() == Phase.ACTIVATED || !before.isSecondSpent() || bootsAnyway(),
        "the agent goes back to a slot that is of no use",
        after);
  }

  /** Returns whether the boot loader leaves the running slot in the next boot, for one that can be used. */
  private boolean bootsAnyway() {
    return !ON_TRIAL.contains(before.phase())
        && !before.good()
        && before.counter() == 0
        && !before.second().failed()
        && !hasFallenBack(before);
  }

  private void examineHealthCheck(WalkState end) {
    if (MARKING_GOOD.contains(action)) {
      require(!end.isRunningNext() || end.good(), "a healthy slot is not marked good", end);
    } else if (action.equals("healthcheck, sick")) {
      require(end.phase() != Phase.VERIFYING, "a sick target is still on trial", end);
      boolean staysGood =
          before.isRunningNext() && before.good() && before.phase().isResting();
      require(
          !staysGood || !end.first().failed() || before.first().failed(),
          "a slot that is marked good is noted as failed",
          end);
    } else if (action.equals("healthcheck, not started")) {
      boolean onTrial = before.isOnTarget() && ON_TRIAL.contains(before.phase());
      require(
          !onTrial || end.phase() == Phase.VERIFYING,
          "a check that did not start ended a trial",
          end);
    }
  }

  /**
   * Checks what must be true once a command has held the work lock, on a disk that can be written.
   */
  private void examineReconciled(WalkState end) {
    require(!end.envDamaged(), "the boot environment is not repaired", end);
    require(!end.unsettled(), "the state file is not known to be durable", end);
    require(
        !end.isClaim() || end.isOnTarget(),
        end.phase() + " names a version that does not run",
        end);
    if (before.phase() == Phase.ACTIVATED && !before.isOnTarget() && before.isRunningNext()) {
      if (before.wanted() == before.to()) {
        require(end.isGivenUp(before.to()), "a target that did not boot is not given up", end);
      } else if (end.phase() == Phase.ACTIVATED) {
        require(end.secondActive(), "the boot loader is not told of the target", end);
      }
    }
  }

  /** Checks what must follow from what the server says. */
  private void examineServer(WalkState end) {
    int running = before.runningVersion();
    Phase phase = before.phase();
    boolean isDownload = phase == Phase.DOWNLOADING && running != before.to();
    if (action.equals("apply, server down") || action.endsWith(", cut")) {
      boolean passes = phase == Phase.DOWNLOADING || action.endsWith(", cut");
      require(!passes || isNotEnded(end), "a temporary failure ends the download", end);
    }
    boolean mayWrite = end.isRunningNext()
        && (before.good() || before.isSecondSpent() || !before.second().whole());
    if (action.endsWith(", damaged image") && isDownload && mayWrite && offered() == before.to()) {
      require(end.phase() != Phase.DOWNLOADING, "a faulty offer does not end the download", end);
    }
    boolean isPlain = action.startsWith("check v") || action.startsWith("apply v");
    int offer = isPlain && action.length() == "check v1".length() ? offered() : 0;
    if (offer == 0) {
      return;
    }
    boolean applies = action.startsWith("apply");
    if (isDownload && applies && mayWrite && !before.detail() && offer == before.to()) {
      require(
          end.attempts() > before.attempts() || end.phase() == Phase.FAILED,
          "a download that a reboot interrupted is not counted",
          end);
    }
    boolean usedUp = offer == before.to() && isUsedUp(before);
    boolean checkFailed = phase == Phase.FAILED && before.detail();
    require(
        !checkFailed || usedUp || !(end.phase() == Phase.FAILED && end.detail()),
        "a check that failed is not over once the server answers",
        end);
    require(
        phase != Phase.STAGED || offer != running || end.phase() != Phase.STAGED,
        "a version that the server has taken back is still staged",
        end);
  }

  /**
   * Returns whether a download has not failed, but for the number of its attempts, or because it was a forced
   * one that a reboot interrupted, which has to be forced again.
   */
  private boolean isNotEnded(WalkState end) {
    boolean hasToBeForced =
        before.phase() == Phase.DOWNLOADING && !before.detail() && before.isGivenUp(before.to());
    return before.phase() == Phase.FAILED
        || end.phase() != Phase.FAILED
        || isUsedUp(end)
        || hasToBeForced;
  }

  private int offered() {
    return action.charAt(action.indexOf(" v") + 2) - '0';
  }

  private static boolean isUsedUp(WalkState state) {
    return state.attempts() >= DeviceWalk.MAX_ATTEMPTS;
  }

  /**
   * Returns what is wrong with a device at rest, empty if nothing is: it runs the offered version, marked
   * good, if that is healthy and may be taken on after the first round, which learns what the boot loader
   * did; or else another one that is healthy, if a slot has one.
   *
   * @param mayBeTaken whether the offer may be taken on after the first round
   * @param healthy the versions that are healthy
   */
  static String faultAtRest(WalkState rest, boolean mayBeTaken, int offer, int healthy) {
    boolean isOffered = rest.runs(offer);
    boolean isLeft = rest.second().whole() && !rest.isSecondSpent();
    if (!rest.isRunningNext()) {
      return "another slot boots next";
    } else if (!rest.good() && (healthy & WalkState.bit(rest.runningVersion())) != 0) {
      return "a healthy slot is not marked good";
    } else if (!rest.phase().isResting()) {
      return "no resting phase";
    } else if ((healthy & WalkState.bit(offer)) != 0 && mayBeTaken && !isOffered) {
      return "the offered version does not run";
    } else if (isLeft && !rest.good()) {
      return "the other slot had no chance";
    } else if (isLeft && rest.isGivenUp(rest.runningVersion())) {
      return "a version that was given up goes on running";
    } else if ((rest.lock() & (WalkState.Lock.HELD | WalkState.Lock.NOTED)) != 0) {
      return "the fleet lock is not given back";
    }
    return "";
  }

  /** Returns whether a version is not given up, and has attempts left or is under way. */
  static boolean mayBeTaken(WalkState state, int version) {
    boolean usedUp = state.to() == version && isUsedUp(state);
    boolean underWay = Set.of(Phase.STAGED, Phase.ACTIVATED, Phase.VERIFYING, Phase.SUCCESS)
        .contains(state.phase());
    return !state.isGivenUp(version) && (!usedUp || underWay);
  }

  private void require(boolean holds, String broken, WalkState after) {
    if (!holds) {
      throw new AssertionError(
          "%s after%n  %s%n  %s%n  %s".formatted(broken, before, action, after));
    }
  }
}
