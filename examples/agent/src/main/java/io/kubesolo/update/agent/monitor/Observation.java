package io.kubesolo.update.agent.monitor;

import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rebooted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The state file and the device at one moment.
 *
 * <p>Immutable.
 *
 * @param path the state file
 * @param agentVersion the version of this program
 * @param state the content of the state file; none if it cannot be read
 * @param unreadable why the state file cannot be read; none if it can
 * @param device what runs on the device; none without a device, or if it is unknown
 * @param waits what an update on the device waits for; none if that is not known
 * @param deviceUnknown why it is not known what runs on the device
 */
public record Observation(
    Path path,
    String agentVersion,
    Optional<StatusSnapshot> state,
    Optional<Failure> unreadable,
    Optional<DeviceStatus> device,
    Optional<List<ActivationWait>> waits,
    Optional<Failure> deviceUnknown) {

  /** Returns the content of the state file. Throws if it cannot be read. */
  public StatusSnapshot requireState() throws Failure {
    if (unreadable.isPresent()) {
      throw unreadable.get();
    }
    return state.orElseThrow();
  }

  /** Returns what could not be read, a line each. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    unreadable.map(Failure::message).ifPresent(warnings::add);
    deviceUnknown.map(Failure::message).ifPresent(warnings::add);
    return warnings;
  }

  /**
   * Returns whether a reboot is needed, or none if it is unknown. Without a device, it is
   * needed if an update is activated and the machine is not known to have rebooted since.
   */
  public Optional<Boolean> rebootRequired() {
    if (device.isPresent()) {
      return device.get().rebootRequired();
    }
    return deviceUnknown.isPresent() ? Optional.empty() : state.map(Observation::awaitsReboot);
  }

  private static boolean awaitsReboot(StatusSnapshot snapshot) {
    return snapshot.state().phase() == Phase.ACTIVATED
        && Rebooted.between(snapshot.state().boot(), snapshot.now()) != Rebooted.YES;
  }
}
