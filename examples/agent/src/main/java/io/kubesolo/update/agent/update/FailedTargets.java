package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.BootSituation;
import io.kubesolo.update.agent.device.CheckResult;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.SlotContent;
import io.kubesolo.update.agent.device.Slots;
import io.kubesolo.update.agent.io.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The targets of which slots and boot environment say that they failed, for a state file that does
 * not say it any more.
 */
public final class FailedTargets {
  private FailedTargets() {}

  /** Returns the targets of the device in a directory that failed; none if it cannot be read. */
  public static List<String> of(Path dir) {
    try {
      Device device = Device.open(dir);
      return of(device, device.running().slot());
    } catch (Failure e) {
      return List.of();
    }
  }

  /**
   * Returns the version in the passive slot if its last health check failed, or the boot loader has
   * fallen back from it; and that in the running slot if its last health check failed and the last
   * switch was for it. Otherwise the running version was not a target.
   */
  static List<String> of(Device device, Slot running) {
    List<String> versions = new ArrayList<>();
    Optional<BootSituation> situation = situation(device, running);
    version(device.slots(), running.other())
        .filter(version -> isFailed(device, running.other())
            || situation.filter(BootSituation::hasFallenBack).isPresent())
        .ifPresent(versions::add);
    version(device.slots(), running)
        .filter(version -> isFailed(device, running)
            && situation.filter(at -> at.environment().isTarget(version)).isPresent())
        .ifPresent(versions::add);
    return versions;
  }

  private static Optional<BootSituation> situation(Device device, Slot running) {
    try {
      return Optional.of(BootSituation.of(device, running));
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  private static Optional<String> version(Slots slots, Slot slot) {
    return slots.knownContent(slot).map(SlotContent::version);
  }

  private static boolean isFailed(Device device, Slot slot) {
    return device.slots().checkResult(slot).equals(Optional.of(CheckResult.FAILED));
  }
}
