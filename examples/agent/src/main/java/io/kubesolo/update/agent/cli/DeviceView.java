package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.monitor.DeviceStatus;
import io.vavr.control.Option;
import java.nio.file.Path;

/**
 * The device that a status is about.
 *
 * @param isNamed whether there is a device directory at all
 * @param status what runs and what boots next; none if it is not known
 * @param problem why it is not known
 */
record DeviceView(boolean isNamed, Option<DeviceStatus> status, Option<String> problem) {
  static DeviceView of(Option<Path> dir) {
    if (dir.isEmpty()) {
      return new DeviceView(false, Option.none(), Option.none());
    }
    try {
      return new DeviceView(true, Option.some(DeviceStatus.read(dir.get())), Option.none());
    } catch (Failure e) {
      return new DeviceView(true, Option.none(), Option.some(e.message()));
    }
  }

  /** Returns whether it is known that a reboot is called for. */
  boolean isRebootRequired() {
    return status.exists(known -> known.rebootRequired().orElse(false));
  }

  /** Returns whether the running slot boots next, and is not marked good. */
  boolean isOnTrial() {
    return status.exists(
        known -> known.next().filter(slot -> slot == known.slot()).isPresent() && !known.isGood());
  }
}
