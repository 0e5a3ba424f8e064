package io.kubesolo.update.agent.monitor;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.CheckResult;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.RunningSystem;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.Slots;
import io.kubesolo.update.agent.io.Failure;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What runs on a device, and what boots next.
 *
 * <p>Immutable.
 *
 * @param slot the slot that runs
 * @param version the version that runs; none if it is not known
 * @param next the slot that boots next; none if the boot environment cannot be read
 * @param nextVersion the version in it, if it is known
 * @param isGood whether the slot that boots next is marked good
 * @param rebootRequired whether a reboot is called for; none if that is not known
 */
public record DeviceStatus(
    Slot slot,
    Optional<String> version,
    Optional<Slot> next,
    Optional<String> nextVersion,
    boolean isGood,
    Optional<Boolean> rebootRequired) {

  /** Reads the status of a device. Throws if it is not known what runs. */
  public static DeviceStatus read(Path dir) throws Failure {
    Device device = Device.open(dir);
    RunningSystem running = device.running();
    Slots slots = device.slots();
    Optional<BootEnvironment> boot = bootEnvironment(device);
    return new DeviceStatus(
        running.slot(),
        running.version(slots),
        boot.map(BootEnvironment::active),
        boot.flatMap(env -> version(env.active(), running, slots)),
        boot.map(BootEnvironment::good).orElse(false),
        boot.map(env -> rebootRequired(env, running.slot(), slots)));
  }

  /** Returns what runs and what boots next, for a person. */
  public String outlook() {
    String runs = "Slot " + slot + " runs";
    if (next.isEmpty()) {
      return runs + "; what boots next is unknown: the boot environment cannot be read.";
    }
    if (next.get() != slot) {
      String content = nextVersion.map(held -> ", with " + held).orElse("");
      return runs + "; slot " + next.get() + " boots next" + content + ".";
    }
    return runs + " and boots next, "
        + (isGood ? "marked good." : "on trial until it is marked good.");
  }

  private static Optional<BootEnvironment> bootEnvironment(Device device) {
    try {
      return Optional.of(device.bootEnvironment().read());
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  private static Optional<String> version(Slot slot, RunningSystem running, Slots slots) {
    return slot == running.slot()
        ? running.version(slots)
        : slots.knownContent(slot).map(content -> content.version());
  }

  private static boolean rebootRequired(BootEnvironment env, Slot running, Slots slots) {
    return env.active() != running
        || (!env.good()
            && slots.checkResult(running).equals(Optional.of(CheckResult.FAILED))
            && mayBeBetter(env, running.other(), slots));
  }

  /** Returns whether a slot is whole and was neither found to be sick nor tried in vain. */
  private static boolean mayBeBetter(BootEnvironment env, Slot slot, Slots slots) {
    return !slots.checkResult(slot).equals(Optional.of(CheckResult.FAILED))
        && slots
            .knownContent(slot)
            .filter(content -> !env.isTarget(content.version()))
            .isPresent();
  }
}
