package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.BootEnvironmentFile;
import io.kubesolo.update.agent.device.BootSituation;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.SlotContent;
import io.kubesolo.update.agent.device.Slots;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rebooted;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import java.util.Locale;
import java.util.Optional;

/**
 * The slot that the boot loader starts next. {@link BootRules} decides, this class reads
 * and writes.
 */
final class BootSelection {
  private final UpdateSession session;

  BootSelection(UpdateSession session) {
    this.session = session;
  }

  /** Reads the slots and the boot environment. */
  BootSituation situation() throws Failure {
    return BootSituation.of(session.device(), session.runningSlot());
  }

  private BootEnvironmentFile file() {
    return session.device().bootEnvironment();
  }

  /** Returns the boot loader's variables. */
  BootEnvironment env() throws Failure {
    return file().read();
  }

  /**
   * Selects the slot that the state requires, unless it is selected already. If the activated
   * target is damaged, it is rolled back, and may be installed again.
   */
  BootEnvironment align() throws Failure {
    return switch (BootRules.next(session.state(), session.version(), situation())) {
      case RUNNING -> select(session.runningSlot());
      case PASSIVE -> {
        noteLateSwitch();
        yield select(session.passiveSlot());
      }
      case RUNNING_WITHOUT_TARGET -> {
        giveUpDamagedTarget();
        // The error of the first read may have passed.
        yield session.phase() == Phase.ACTIVATED ? env() : select(session.runningSlot());
      }
    };
  }

  /**
   * Selects the slot that the state requires, and warns if another one was to boot next: a change by
   * hand, or an outcome that was acknowledged before the reboot, is not undone silently.
   */
  void restore() throws Failure {
    Slot before = env().active();
    Slot after = align().active();
    if (after != before) {
      session.warn(Failure.of(
          "slot %s boots next instead of slot %s: %s".formatted(after, before, reasonFor(after))));
    }
  }

  private String reasonFor(Slot next) {
    if (next == session.runningSlot()) {
      return "in phase %s no other usable slot should boot".formatted(session.phase());
    }
    return session.phase() == Phase.ACTIVATED
        ? session.target() + " is activated"
        : session.version() + " was rolled back";
  }

  /**
   * Notes a switch that is made in a later boot, because a process ended between event and switch.
   */
  private void noteLateSwitch() throws Failure {
    if (session.phase() == Phase.ACTIVATED
        && env().active() != session.passiveSlot()
        && session.rebooted() == Rebooted.YES) {
      session.noteSwitch();
    }
  }

  private void giveUpDamagedTarget() throws Failure {
    try {
      requireTargetInPassive();
    } catch (Failure damage) {
      session.warn(damage);
      requireRoomFor(session.runningSlot());
      session.send(new Rollback(damage.message(), true));
    }
  }

  /**
   * Reads what the boot loader did with an activated target while another version runs, and sends
   * the event that follows from it.
   *
   * @param rebooted whether the device booted since the last event
   */
  void readTrial(Rebooted rebooted) throws Failure {
    BootSituation situation = situation();
    switch (BootRules.trial(session.state(), situation, rebooted)) {
      case FELL_BACK ->
        session.send(
            new Rollback(session.version() + " runs instead of " + session.target(), false));
      case NOT_TAKEN -> {
        requireRoomFor(session.runningSlot());
        String letter = situation.environment().active().letter().toUpperCase(Locale.ROOT);
        session.send(new Rollback("the boot loader did not take slot " + letter, true));
      }
      case NOT_SWITCHED, AWAITED -> {}
    }
  }

  /** Selects a slot that is known to be whole, unless it is selected already. */
  BootEnvironment select(Slot slot) throws Failure {
    BootEnvironment env = env();
    if (env.active() == slot) {
      return env;
    }
    return session.device().writeBootEnvironment(switched(env, slot));
  }

  private BootEnvironment switched(BootEnvironment env, Slot slot) throws Failure {
    String version = slot == session.runningSlot()
        ? session.version()
        : session.device().slots().content(slot).version();
    return env.switchedTo(slot, version, session.device().config().boot().tries());
  }

  /** Throws if the boot environment has no room for a switch to a slot. */
  void requireRoomFor(Slot slot) throws Failure {
    file().requireRoom(switched(env(), slot));
  }

  /**
   * Removes the target of the last switch if it is the version that is to be activated: otherwise a
   * process that ends before the switch would leave the traces of a boot that failed.
   */
  void forgetEqualTarget() throws Failure {
    BootEnvironment env = env();
    if (env.isTarget(session.target())) {
      session.device().writeBootEnvironment(env.withoutTarget());
    }
  }

  /**
   * Throws if the device could not go back to the running slot. A note that is missing, or names
   * another content than the slot has, is written again.
   */
  void requireWayBack() throws Failure {
    try {
      session.device().slots().noteUnlessWhole(session.runningSlot(), session.version());
    } catch (Failure e) {
      throw Failure.of("%s; the device could not go back to %s, so %s is not activated"
          .formatted(e.message(), session.version(), session.target()));
    }
  }

  /** Throws if the passive slot is not whole, or does not hold the target. */
  void requireTargetInPassive() throws Failure {
    Slots slots = session.device().slots();
    SlotContent content = slots.verifiedContent(session.passiveSlot());
    if (!session.isTarget(content.version())) {
      throw Failure.at(
              slots.image(session.passiveSlot()),
              "holds " + content.version() + " instead of " + session.target())
          .as(Failure.Kind.CONTENT);
    }
  }

  /** Returns why the device must not go back to the passive slot, or none if it may. */
  Optional<Failure> obstacleToGoBack() {
    Slots slots = session.device().slots();
    Slot passive = session.passiveSlot();
    try {
      SlotContent content = slots.verifiedContent(passive);
      return BootRules.mayGoBack(session.state(), situation())
          ? Optional.empty()
          : Optional.of(Failure.at(
              slots.image(passive),
              content.version()
                  + " is not a version to go back to: it was rolled back before, failed its"
                  + " health check, or did not boot"));
    } catch (Failure e) {
      return Optional.of(e);
    }
  }

  /**
   * Throws if the passive slot must not be overwritten, because it may be the only one that works.
   */
  void requireOverwritablePassive() throws Failure {
    Optional<String> refusal = BootRules.overwriteRefusal(session.state(), situation());
    if (refusal.isPresent()) {
      throw Failure.at(file().path(), "the passive slot must not be overwritten: " + refusal.get());
    }
  }

  /** Returns what the next boot brings, for the operator. */
  String outlook() throws Failure {
    BootEnvironment env = env();
    if (env.active() == session.runningSlot()) {
      String words = situation().needsReboot(false)
          ? "reboot the device: %s in slot %s failed its health check"
          : "%s in slot %s keeps running";
      return words.formatted(session.version(), session.runningSlot());
    }
    String next = session
        .device()
        .slots()
        .knownContent(env.active())
        .map(SlotContent::version)
        .orElse("an unknown version");
    return "reboot the device: slot %s boots next, with %s".formatted(env.active(), next);
  }
}
