package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.BuildInfo;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Phase;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the activation of an update waits for on a device. */
public final class ActivationGate {
  private ActivationGate() {}

  /**
   * Returns what the next step of an update waits for: the activation of a staged version, or
   * the reboot into an activated one. Asks no server: the fleet lock counts if its server
   * refused it last.
   *
   * @param phase the phase of the update
   * @param now the present moment, in the time zone of the device
   * @return what forbids the step; empty if nothing does, or if there is no such step
   */
  public static List<ActivationWait> waits(Device device, Phase phase, ZonedDateTime now) {
    if (!isAhead(device, phase)) {
      return List.of();
    }
    List<ActivationWait> waits = new ArrayList<>(local(device, now));
    if (device.config().activation().fleetLock().isPresent()) {
      Optional<String> refusal = FleetLockNote.of(device).refusal();
      refusal.ifPresent(
          words -> waits.add(new ActivationWait(ActivationWait.Reason.FLEET_LOCK, words)));
    }
    return waits;
  }

  /** Returns what forbids the step without the fleet lock. */
  public static List<ActivationWait> local(Device device, ZonedDateTime now) {
    return device.config().activation().waits(now, BuildInfo::built);
  }

  private static boolean isAhead(Device device, Phase phase) {
    return switch (phase) {
      case STAGED -> true;
      case ACTIVATED -> isRebootAhead(device);
      case IDLE, CHECKING, DOWNLOADING, VERIFYING, SUCCESS, ROLLED_BACK, FAILED -> false;
    };
  }

  private static boolean isRebootAhead(Device device) {
    try {
      return device.bootEnvironment().read().active() != device.running().slot();
    } catch (Failure e) {
      return false;
    }
  }
}
