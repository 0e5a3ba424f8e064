package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.LinuxBoot;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The system that runs on a device: read from the boot record of a simulated one, else from
 * the kernel.
 *
 * <p>Immutable.
 *
 * @param slot the slot that runs
 * @param record the boot record, which only a simulated device has
 * @param system the files in which the running system describes itself
 */
public record RunningSystem(Slot slot, Optional<BootRecord> record, SystemFiles system) {
  static final String BOOT_RECORD = "running.json";

  /** The phases in which a target runs, or is to run after a reboot, or may run until one. */
  private static final Set<Phase> CLAIMS =
      EnumSet.of(Phase.ACTIVATED, Phase.VERIFYING, Phase.SUCCESS, Phase.ROLLED_BACK);

  static RunningSystem of(Path dir, SystemFiles system) throws Failure {
    Path file = dir.resolve(BOOT_RECORD);
    if (Files.exists(file)) {
      BootRecord record = BootRecord.read(file);
      return new RunningSystem(record.slot(), Optional.of(record), system);
    }
    Optional<Slot> slot = system.runningSlot();
    if (slot.isEmpty()) {
      throw Failure.at(
          file,
          "is missing: the device is not booted; run simulate-boot, or boot it with grub.cfg, which"
              + " adds update_agent.slot to the kernel's command line");
    }
    return new RunningSystem(slot.get(), Optional.empty(), system);
  }

  /**
   * Returns the version that runs, from the slot's note, else from os-release; none if neither
   * has it. Throws if the note cannot be read: it may name another version than os-release.
   */
  public Optional<String> version(Slots slots) throws Failure {
    Optional<String> noted = notedVersion(slots, slot);
    return noted.isPresent() || record.isPresent() ? noted : system.version();
  }

  /** Returns the failure for a running version that neither the slot's note nor os-release has. */
  public Failure unknownVersion(Slots slots) {
    Failure note = slots.unknownContent(slot);
    return record.isPresent() || note.kind() != Failure.Kind.CONTENT
        ? note
        : Failure.of(
            note.kind(),
            note.message() + ", and os-release has no valid IMAGE_VERSION or VERSION_ID");
  }

  /**
   * Returns the version that runs, with what the state knows. Many systems have another name in os-release
   * than the update that they were installed by. While the state claims that a target runs, such a name
   * proves nothing: the running version is then the target if the other slot holds the version before
   * it, and that one if the other slot holds the target; else none. After a rollback, which is the
   * end of the claim, it is else that of os-release.
   */
  public Optional<String> version(Slots slots, UpdateState state) throws Failure {
    Optional<String> version = version(slots);
    Optional<String> before = state.fromVersion().toJavaOptional();
    Optional<String> target = state.toVersion().toJavaOptional();
    boolean proven = record.isPresent()
        || !CLAIMS.contains(state.phase())
        || version.equals(before)
        || version.equals(target)
        || notedVersion(slots, slot).isPresent();
    if (proven) {
      return version;
    }
    Optional<String> other = notedVersion(slots, slot.other());
    if (other.isPresent() && other.equals(before)) {
      return target;
    }
    if (other.isPresent() && other.equals(target)) {
      return before;
    }
    return state.phase() == Phase.ROLLED_BACK ? version : Optional.empty();
  }

  private static Optional<String> notedVersion(Slots slots, Slot slot) throws Failure {
    return slots.notedContent(slot).map(SlotContent::version);
  }

  /**
   * Returns the present moment within this boot; none if the kernel does not report it.
   *
   * @param hostUptime how long the host of a simulated device has been up
   */
  public Option<Boot> boot(Duration hostUptime) {
    return record.isPresent() ? Option.some(record.get().at(hostUptime)) : LinuxBoot.now();
  }
}
