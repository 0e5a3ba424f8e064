package io.kubesolo.update.agent.monitor;

import io.kubesolo.update.agent.device.ActivationGate;
import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.BootEnvironmentFile;
import io.kubesolo.update.agent.device.BootSituation;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.FleetLockNote;
import io.kubesolo.update.agent.device.HeldFleetLock;
import io.kubesolo.update.agent.device.RunningSystem;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.Slots;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.vavr.Lazy;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
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
 * @param rebootRequired whether a reboot is needed; none if that is not known
 * @param fleetLocks the fleet locks that the device holds
 * @param bootProblem why the boot environment cannot be read; none if it can
 */
public record DeviceStatus(
    Slot slot,
    Optional<String> version,
    Optional<Slot> next,
    Optional<String> nextVersion,
    boolean isGood,
    Optional<Boolean> rebootRequired,
    List<HeldFleetLock> fleetLocks,
    Optional<BootProblem> bootProblem) {
  /** Copies the list. */
  public DeviceStatus {
    fleetLocks = List.copyOf(fleetLocks);
  }

  /**
   * Why the boot environment cannot be read.
   *
   * @param words what is wrong, with the file
   * @param isReplaced whether the next health check replaces it; otherwise it fails
   */
  public record BootProblem(String words, boolean isReplaced) {}

  /**
   * Reads the status of a device. Throws if it is not known what runs.
   *
   * @param state the state of the update, which may tell what runs; none if it cannot be read
   */
  public static DeviceStatus read(Path dir, Option<UpdateState> state) throws Failure {
    Device device = Device.open(dir);
    RunningSystem running = device.running();
    Slots slots = device.slots();
    Optional<String> version =
        state.isDefined() ? running.version(slots, state.get()) : running.version(slots);
    Either<BootProblem, BootEnvironment> read = bootEnvironment(device);
    Optional<BootEnvironment> boot = read.toJavaOptional();
    return new DeviceStatus(
        running.slot(),
        version,
        boot.map(BootEnvironment::active),
        boot.flatMap(env -> env.active() == running.slot() ? version : held(env.active(), slots)),
        boot.map(BootEnvironment::good).orElse(false),
        boot.map(env -> rebootRequired(env, running.slot(), slots)),
        FleetLockNote.of(device).granted(),
        read.swap().toJavaOptional());
  }

  /** Returns what runs and what boots next, for the operator. */
  public String outlook() {
    String runs = "Slot " + slot + " runs";
    if (bootProblem.isPresent()) {
      return runs + "; what boots next is unknown: " + bootProblem.get().words() + ".";
    }
    if (next.get() != slot) {
      String content = nextVersion.map(held -> ", with " + held).orElse("");
      return runs + "; slot " + next.get() + " boots next" + content + ".";
    }
    return runs + " and boots next, "
        + (isGood ? "marked good." : "on trial until it is marked good.");
  }

  private static Either<BootProblem, BootEnvironment> bootEnvironment(Device device) {
    BootEnvironmentFile file = device.bootEnvironment();
    try {
      return Either.right(file.read());
    } catch (Failure e) {
      return Either.left(new BootProblem(e.message(), file.isReplaceable()));
    }
  }

  private static Optional<String> held(Slot slot, Slots slots) {
    return slots.knownContent(slot).map(content -> content.version());
  }

  /**
   * Returns whether a reboot is needed. A slot counts as whole if it has a note, because the
   * slot is too large to be read at each scrape.
   */
  private static boolean rebootRequired(BootEnvironment env, Slot running, Slots slots) {
    Optional<String> held = held(running.other(), slots);
    BootSituation.PassiveSlot passive = new BootSituation.PassiveSlot(
        held, slots.checkResult(running.other()), Lazy.of(() -> fault(held)));
    return new BootSituation(env, running, slots.checkResult(running), passive).needsReboot(false);
  }

  private static Optional<Failure> fault(Optional<String> held) {
    return held.isPresent()
        ? Optional.empty()
        : Optional.of(Failure.of("the slot has no valid note"));
  }

  /**
   * Returns what an update on a device waits for.
   *
   * @param phase the phase of the update
   */
  public static List<ActivationWait> waits(Path dir, Phase phase) throws Failure {
    return ActivationGate.waits(Device.open(dir), phase, ZonedDateTime.now(ZoneId.systemDefault()));
  }
}
