package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.vavr.Lazy;
import java.util.Optional;

/**
 * The two slots and the boot environment at one moment, and what follows from them independently of
 * the state file.
 *
 * @param environment the boot environment
 * @param running the slot that runs
 * @param check what the last health check found about the running slot; none if its content was
 *     not checked
 * @param passive the other slot
 */
public record BootSituation(
    BootEnvironment environment, Slot running, Optional<CheckResult> check, PassiveSlot passive) {
  /**
   * The slot that does not run.
   *
   * @param version the version that its note names; none without a valid note
   * @param check what the last health check found about its content; none if it was not checked
   * @param fault why it is not known to begin with the content of its note, none if it does;
   *     evaluated once, because this reads the whole slot
   */
  public record PassiveSlot(
      Optional<String> version, Optional<CheckResult> check, Lazy<Optional<Failure>> fault) {
    static PassiveSlot of(Slots slots, Slot slot) {
      return new PassiveSlot(
          slots.knownContent(slot).map(SlotContent::version),
          slots.checkResult(slot),
          Lazy.of(() -> slots.fault(slot)));
    }

    /** Returns whether it begins with the content of its note. */
    public boolean isWhole() {
      return fault.get().isEmpty();
    }

    /** Returns whether it is known that it does not begin with the content of a valid note. */
    public boolean isDamaged() {
      return fault
          .get()
          .filter(failure -> failure.kind() == Failure.Kind.CONTENT)
          .isPresent();
    }

    /** Returns whether the last health check of its content failed in all tries. */
    public boolean isFailed() {
      return check.equals(Optional.of(CheckResult.FAILED));
    }
  }

  /** Reads the situation of a device. */
  public static BootSituation of(Device device) throws Failure {
    return of(device, device.running().slot());
  }

  /** Reads the situation of a device on which a slot runs. */
  public static BootSituation of(Device device, Slot running) throws Failure {
    Slots slots = device.slots();
    return new BootSituation(
        device.bootEnvironment().read(),
        running,
        slots.checkResult(running),
        PassiveSlot.of(slots, running.other()));
  }

  /** Returns whether the running slot is the one that boots next. */
  public boolean isRunningNext() {
    return environment.active() == running;
  }

  /**
   * Returns whether the boot loader has fallen back from the passive slot: the last switch was for
   * the version in it, and nevertheless the running slot is the active one.
   */
  public boolean hasFallenBack() {
    return isRunningNext() && passive.version().filter(environment::isTarget).isPresent();
  }

  /**
   * Returns whether the passive slot can be used: it is whole, its note does not say that its
   * health check failed, and the boot loader has not fallen back from it.
   */
  public boolean isPassiveUsable() {
    return passiveObstacle().isEmpty();
  }

  /** Returns why the passive slot cannot be used, none if it can. */
  public Optional<String> passiveObstacle() {
    String slot = "slot " + running.other();
    if (passive.isFailed()) {
      return Optional.of("the health check of " + slot + " failed");
    }
    if (hasFallenBack()) {
      return Optional.of(slot + " was tried, and GRUB fell back from it");
    }
    return passive.fault().get().map(Failure::message);
  }

  /**
   * Returns whether the health check of the running slot failed in all its tries. Nothing is known of
   * a content that was not checked.
   */
  public boolean isRunningFailed() {
    return check.equals(Optional.of(CheckResult.FAILED));
  }

  /**
   * Returns whether a reboot is needed: another slot boots next, or the running one is not
   * healthy, not marked good, and the other one can be used.
   *
   * @param checkFailed whether the health check is known to have failed although no note says it
   */
  public boolean needsReboot(boolean checkFailed) {
    boolean failed = checkFailed || isRunningFailed();
    return !isRunningNext() || (failed && !environment.good() && isPassiveUsable());
  }
}
