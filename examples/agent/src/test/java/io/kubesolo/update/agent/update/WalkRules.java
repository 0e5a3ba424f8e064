package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.update.WalkExplorer.Node;
import io.kubesolo.update.core.Phase;
import java.util.Set;

/** What must be true of a disk, of a command, and of a device at rest. */
final class WalkRules {
  private static final Set<Phase> ON_TRIAL = Set.of(Phase.ACTIVATED, Phase.VERIFYING);

  private WalkRules() {}

  /** Examines a disk that was reached, whatever happened. */
  static void examine(Node node) {
    WalkDisk disk = node.disk;
    require(!disk.slotThatBoots().equals("none"), "no slot boots", node);
    examineGivenUp(node);
    Phase phase = disk.state().phase();
    if (isClaim(phase) && disk.isSameBoot()) {
      require(isOnTarget(disk), phase + " names a version that does not run", node);
    }
    boolean waits = phase == Phase.STAGED || phase == Phase.ACTIVATED;
    String passive = disk.passiveSlot();
    if (waits && disk.isBooted() && !isOnTarget(disk) && !disk.isRotten(passive)) {
      require(
          disk.isWhole(passive) && disk.version(passive).equals(disk.state().to()),
          "the target is not whole in " + phase,
          node);
    }
  }

  private static boolean isClaim(Phase phase) {
    return phase == Phase.VERIFYING || phase == Phase.SUCCESS;
  }

  private static boolean isOnTarget(WalkDisk disk) {
    return disk.isBooted() && disk.runningVersion().equals(disk.state().to());
  }

  /** A version is given up only if it may have been booted in this attempt, or by the operator. */
  private static void examineGivenUp(Node node) {
    Node parent = node.parent;
    boolean byOperator =
        node.action.startsWith("rollback") && !node.action.startsWith("rollback --retry");
    if (parent == null || byOperator) {
      return;
    }
    boolean repaired = !parent.disk.state().valid();
    for (String version : node.disk.state().givenUp()) {
      if (!parent.disk.state().givenUp().contains(version)) {
        require(parent.tried(version, repaired), version + " is given up and was not tried", node);
      }
    }
  }

  /** Examines what a command of the agent did, and what it would have left if it were killed. */
  static void examine(Node from, String action, DeviceWalk.Run run) {
    if (from.disk.isBooted() && !from.disk.isEnvDamaged() && DeviceWalk.isCommand(action)) {
      run.killed().forEach(disk -> examineChange(from, action, disk));
    }
    boolean isDone = !action.contains(", disk ") || action.startsWith("healthcheck, disk full");
    if (from.disk.isBooted() && DeviceWalk.isCommand(action) && isDone) {
      examineHealthCheck(from, action, run.end());
    }
    boolean reconciles = DeviceWalk.isCommand(action)
        && !action.contains(", disk ")
        && !action.equals("cancel")
        && !action.equals("ack");
    if (from.disk.isBooted() && from.disk.state().valid() && reconciles) {
      examineReconciled(from, action, run.end());
      examineServer(from, action, run.end());
    }
  }

  /** What a command must not do, wherever it is killed. */
  private static void examineChange(Node from, String action, WalkDisk after) {
    WalkDisk before = from.disk;
    String running = before.runningSlot();
    String passive = before.passiveSlot();
    boolean bootsNext = after.env("active_slot").equals(passive);
    boolean isNeeded = bootsNext || (!before.isGood() && !before.isSpent(passive));
    boolean overwritten = before.isWhole(passive)
        && !(after.isWhole(passive) && after.version(passive).equals(before.version(passive)));
    require(
        !(isNeeded && overwritten && !after.isGood()),
        "a slot that is needed is overwritten",
        from,
        action);
    require(
        before.isGood() || !after.isGood() || !bootsNext,
        "a slot that does not run is marked good",
        from,
        action);
    boolean confirms =
        before.state().phase() != Phase.SUCCESS && after.state().phase() == Phase.SUCCESS;
    require(!confirms || after.isGood(), "confirmed before it was marked good", from, action);
    if (bootsNext && before.env("active_slot").equals(running)) {
      examineSwitch(from, action, after);
    }
  }

  /** What must be true when the agent selects the passive slot. */
  private static void examineSwitch(Node from, String action, WalkDisk after) {
    WalkDisk before = from.disk;
    String passive = before.passiveSlot();
    Phase phase = after.state().phase();
    boolean isTarget = after.version(passive).equals(after.state().to());
    require(after.isWhole(passive), "a slot boots next that is not whole", from, action);
    require(
        !isClaim(phase) && !(phase == Phase.STAGED && isTarget),
        "the boot loader was told before the event in " + phase,
        from,
        action);
    require(
        phase == Phase.ACTIVATED || !before.isSpent(passive),
        "the agent goes back to a slot that is of no use",
        from,
        action);
  }

  private static void examineHealthCheck(Node from, String action, WalkDisk end) {
    WalkDisk before = from.disk;
    boolean runningNext = end.env("active_slot").equals(before.runningSlot());
    if (action.equals("healthcheck") || action.equals("healthcheck, disk full")) {
      require(!runningNext || end.isGood(), "a healthy slot is not marked good", from, action);
    } else if (action.equals("healthcheck, sick")) {
      require(
          end.state().phase() != Phase.VERIFYING, "a sick target is still on trial", from, action);
    } else if (action.equals("healthcheck, not started")) {
      boolean onTrial = isOnTarget(before) && ON_TRIAL.contains(before.state().phase());
      require(
          !onTrial || end.state().phase() == Phase.VERIFYING,
          "a check that did not start ended a trial",
          from,
          action);
    }
  }

  /** What must be true once a command has held the work lock, on a disk that can be written. */
  private static void examineReconciled(Node from, String action, WalkDisk end) {
    WalkDisk before = from.disk;
    require(!end.isEnvDamaged(), "the boot environment is not repaired", from, action);
    require(
        !isClaim(end.state().phase()) || isOnTarget(end),
        end.state().phase() + " names a version that does not run",
        from,
        action);
    boolean toldToBoot = before.env("active_slot").equals(before.runningSlot());
    if (before.state().phase() == Phase.ACTIVATED && !isOnTarget(before) && toldToBoot) {
      String target = before.state().to();
      if (before.env("update_target").equals(target)) {
        require(
            end.state().givenUp().contains(target),
            "a target that did not boot is not given up",
            from,
            action);
      } else if (end.state().phase() == Phase.ACTIVATED) {
        require(
            end.env("active_slot").equals(before.passiveSlot()),
            "the boot loader is not told of the target",
            from,
            action);
      }
    }
  }

  /** What must follow from what the server says. */
  private static void examineServer(Node from, String action, WalkDisk end) {
    WalkDisk before = from.disk;
    WalkDisk.StateView state = before.state();
    String running = before.runningVersion();
    Phase phase = state.phase();
    boolean isDownload = phase == Phase.DOWNLOADING && !running.equals(state.to());
    if (action.equals("apply, server down") || action.equals("apply v2, cut")) {
      boolean passes = phase == Phase.DOWNLOADING || action.equals("apply v2, cut");
      require(
          !passes || phase == Phase.FAILED || end.state().phase() != Phase.FAILED || isUsedUp(end),
          "trouble that passes ends the download",
          from,
          action);
    }
    boolean mayWrite = end.env("active_slot").equals(before.runningSlot())
        && (before.isGood()
            || before.isSpent(before.passiveSlot())
            || !before.isWhole(before.passiveSlot()));
    if (action.equals("apply v2, damaged image") && isDownload && mayWrite) {
      require(
          end.state().phase() != Phase.DOWNLOADING,
          "trouble with the offer does not end the download",
          from,
          action);
    }
    String offer = action.matches("(check|apply) v[0-9]") ? action.substring(6).strip() : "";
    if (offer.isEmpty()) {
      return;
    }
    boolean applies = action.startsWith("apply");
    if (isDownload && applies && mayWrite && !before.isSameBoot() && offer.equals(state.to())) {
      require(
          end.state().attempts() > state.attempts() || end.state().phase() == Phase.FAILED,
          "a download that a reboot interrupted is not counted",
          from,
          action);
    }
    boolean usedUp = offer.equals(state.to()) && isUsedUp(before);
    require(
        !state.checkFailed()
            || usedUp
            || phase != Phase.FAILED
            || !(end.state().phase() == Phase.FAILED && end.state().checkFailed()),
        "a check that failed is not over once the server answers",
        from,
        action);
    require(
        phase != Phase.STAGED || !offer.equals(running) || end.state().phase() != Phase.STAGED,
        "a version that the server has taken back is still staged",
        from,
        action);
  }

  private static boolean isUsedUp(WalkDisk disk) {
    return disk.state().attempts() >= DeviceWalk.MAX_ATTEMPTS;
  }

  /**
   * Examines a device at rest: it runs the offered version, marked good, if that is healthy and may be
   * taken on after the first round, which learns what the boot loader did; or else another one that is
   * healthy, if a slot has one.
   *
   * @param first the disk after the first round
   */
  static void examineRest(Node from, Node first, Node rest, String offer, Set<String> healthy) {
    WalkDisk disk = rest.disk;
    String running = disk.runningVersion();
    boolean good = disk.isGood();
    boolean taken =
        !healthy.contains(offer) || !mayBeTaken(first.disk.state(), offer) || running.equals(offer);
    String passive = disk.passiveSlot();
    boolean left = disk.isWhole(passive) && !disk.isSpent(passive);
    String fault = "";
    if (!disk.env("active_slot").equals(disk.runningSlot())) {
      fault = "another slot boots next";
    } else if (!good && healthy.contains(running)) {
      fault = "a healthy slot is not marked good";
    } else if (!disk.state().phase().isResting()) {
      fault = "no resting phase";
    } else if (!taken) {
      fault = "the offered version does not run";
    } else if (left && !good) {
      fault = "the other slot had no chance";
    } else if (left && disk.state().givenUp().contains(running)) {
      fault = "a version that was given up goes on running";
    }
    if (!fault.isEmpty()) {
      throw new AssertionError("%s at rest with %s offered and %s healthy after%s%nand%s%n%s"
          .formatted(fault, offer, healthy, from.path(), rest.path(), disk.key()));
    }
  }

  /** Returns whether a version is not given up, and has attempts left or is under way. */
  private static boolean mayBeTaken(WalkDisk.StateView state, String version) {
    boolean usedUp = state.to().equals(version) && state.attempts() >= DeviceWalk.MAX_ATTEMPTS;
    boolean underWay = Set.of(Phase.STAGED, Phase.ACTIVATED, Phase.VERIFYING, Phase.SUCCESS)
        .contains(state.phase());
    return !state.givenUp().contains(version) && (!usedUp || underWay);
  }

  private static void require(boolean holds, String broken, Node from, String action) {
    if (!holds) {
      throw new AssertionError(
          "%s after%s%n  %s%n%s".formatted(broken, from.path(), action, from.disk.key()));
    }
  }

  private static void require(boolean holds, String broken, Node node) {
    if (!holds) {
      throw new AssertionError("%s after%s%n%s".formatted(broken, node.path(), node.disk.key()));
    }
  }
}
