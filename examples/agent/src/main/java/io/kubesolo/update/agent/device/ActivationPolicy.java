package io.kubesolo.update.agent.device;

import java.net.URI;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;

/**
 * When an unattended device may activate an update and reboot into it.
 *
 * <p>Immutable.
 *
 * @param windows the times at which it may; none means always, an empty list never
 * @param holdFile a file that forbids it as long as it exists
 * @param fleetLock the server that limits how many devices of a fleet reboot at a time
 */
public record ActivationPolicy(
    Optional<List<MaintenanceWindow>> windows,
    Optional<Path> holdFile,
    Optional<FleetLock> fleetLock) {
  /** The policy of a device without one: at any time. */
  public static final ActivationPolicy ALWAYS =
      new ActivationPolicy(Optional.empty(), Optional.empty(), Optional.empty());

  /** Copies the list. */
  public ActivationPolicy {
    windows = windows.map(List::copyOf);
  }

  /** Returns whether the windows allow this moment. The hold file and the fleet lock are not asked. */
  public boolean isOpen(ZonedDateTime moment) {
    return windows.isEmpty() || windows.get().stream().anyMatch(window -> window.isOpen(moment));
  }

  /**
   * A server of the FleetLock protocol, and what this device calls itself there.
   *
   * @param url the address of the service, with a slash at the end
   * @param group the name of the group whose devices share the limit
   * @param id the name of this device, unique within the group
   */
  public record FleetLock(URI url, String group, String id) {}
}
