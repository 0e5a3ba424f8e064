package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.SlotContent;
import io.kubesolo.update.agent.device.Slots;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import java.util.List;

/** The slot that the boot loader starts next. It never selects a slot that is not whole. */
final class BootSelection {
  private final UpdateSession session;

  BootSelection(UpdateSession session) {
    this.session = session;
  }

  /** Returns the boot loader's variables. */
  BootEnvironment env() throws Failure {
    return session.device().bootEnvironment().read();
  }

  /** Selects the slot that the phase requires, unless it is selected already. */
  BootEnvironment align() throws Failure {
    BootEnvironment env = env();
    if (!passiveIsNext()) {
      return select(env, session.runningSlot());
    }
    if (env.active() == session.passiveSlot()) {
      return env;
    }
    try {
      requireBootablePassive();
    } catch (Failure e) {
      return stay(env, e);
    }
    return select(env, session.passiveSlot());
  }

  private boolean passiveIsNext() {
    return switch (session.phase()) {
      case ACTIVATED -> true;
      case VERIFYING, SUCCESS -> false;
      case ROLLED_BACK -> session.isTarget(session.version()) || onlyRunningIsRolledBack();
      case IDLE, CHECKING, DOWNLOADING, STAGED, FAILED -> onlyRunningIsRolledBack();
    };
  }

  /** This is so if the outcome of a rollback was acknowledged before the device rebooted. */
  private boolean onlyRunningIsRolledBack() {
    List<String> rolledBack = session.state().rolledBackVersions();
    return rolledBack.contains(session.version())
        && session
            .device()
            .slots()
            .knownContent(session.passiveSlot())
            .filter(content -> !rolledBack.contains(content.version()))
            .isPresent();
  }

  private BootEnvironment stay(BootEnvironment env, Failure cause) throws Failure {
    session.warn(cause);
    if (session.phase() == Phase.ACTIVATED) {
      session.send(new Rollback(cause.message()));
    }
    return select(env, session.runningSlot());
  }

  /** Selects a slot that is known to be whole. */
  BootEnvironment select(Slot slot) throws Failure {
    return select(env(), slot);
  }

  private BootEnvironment select(BootEnvironment env, Slot slot) throws Failure {
    if (env.active() == slot) {
      return env;
    }
    String version = slot == session.runningSlot()
        ? session.version()
        : session.device().slots().content(slot).version();
    return save(env.switchedTo(slot, version, tries()));
  }

  /** Marks the running slot good, which is the one that boots next. */
  void markGood(BootEnvironment env) throws Failure {
    if (!env.good()) {
      save(env.markedGood(tries()));
    }
  }

  private BootEnvironment save(BootEnvironment env) throws Failure {
    return session.device().bootEnvironment().write(env);
  }

  private int tries() {
    return session.device().config().boot().tries();
  }

  /** Throws if the passive slot is not whole, or if a target is to boot and the slot lacks it. */
  void requireBootablePassive() throws Failure {
    boolean targetOnly = session.phase() == Phase.STAGED || session.phase() == Phase.ACTIVATED;
    Slots slots = session.device().slots();
    SlotContent content = slots.verifiedContent(session.passiveSlot());
    if (targetOnly && !session.isTarget(content.version())) {
      throw Failure.at(
          slots.image(session.passiveSlot()),
          "holds " + content.version() + " instead of " + session.target());
    }
  }

  /**
   * Throws if the passive slot must not be overwritten, because it may be the only one that works. A
   * download that has begun to overwrite it may go on.
   */
  void requireOverwritablePassive() throws Failure {
    BootEnvironment env = env();
    boolean runsNext = env.active() == session.runningSlot();
    if (runsNext && (env.good() || isBegun())) {
      return;
    }
    String why = runsNext
        ? "slot %s runs and is not marked good yet: run healthcheck first"
        : "slot %s runs, and the other one boots next: reboot first";
    throw Failure.at(
        session.device().bootEnvironment().path(),
        "nothing may be overwritten: " + why.formatted(session.runningSlot()));
  }

  private boolean isBegun() {
    return session.phase() == Phase.DOWNLOADING
        && session.device().slots().knownContent(session.passiveSlot()).isEmpty();
  }

  /** Returns what the next boot brings, for a person. */
  String outlook(BootEnvironment env) {
    if (env.active() == session.runningSlot()) {
      return "%s in slot %s goes on running".formatted(session.version(), session.runningSlot());
    }
    String next = session
        .device()
        .slots()
        .knownContent(env.active())
        .map(SlotContent::version)
        .orElse("what it holds");
    return "reboot: slot %s boots next, with %s".formatted(env.active(), next);
  }
}
