package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.monitor.DeviceStatus;
import io.kubesolo.update.core.Phase;
import io.vavr.control.Option;
import java.nio.file.Path;
import java.util.List;

/**
 * The device that a status is about.
 *
 * @param isNamed whether there is a device directory at all
 * @param status what runs and what boots next; none if it is not known
 * @param waits what an update waits for; none if it is not known
 * @param problem why it is not known
 */
record DeviceView(
    boolean isNamed,
    Option<DeviceStatus> status,
    Option<List<ActivationWait>> waits,
    Option<String> problem) {
  /** Reads what is known of a device whose update is in a phase. */
  static DeviceView of(Option<Path> dir, Phase phase) {
    if (dir.isEmpty()) {
      return new DeviceView(false, Option.none(), Option.none(), Option.none());
    }
    try {
      return new DeviceView(
          true,
          Option.some(DeviceStatus.read(dir.get())),
          Option.some(DeviceStatus.waits(dir.get(), phase)),
          Option.none());
    } catch (Failure e) {
      return new DeviceView(true, Option.none(), Option.none(), Option.some(e.message()));
    }
  }

  /** Returns whether it is known that a reboot is called for. */
  boolean isRebootRequired() {
    return status.isDefined() && status.get().rebootRequired().orElse(false);
  }

  /** Returns the version that runs; none if it is not known. */
  Option<String> version() {
    return status.flatMap(known -> Option.ofOptional(known.version()));
  }

  /** Returns whether it is known what runs, and not what boots next. */
  boolean isBootUnknown() {
    return status.exists(known -> known.next().isEmpty());
  }

  /** Returns whether the running slot boots next, and is not marked good. */
  boolean isOnTrial() {
    if (status.isEmpty()) {
      return false;
    }
    DeviceStatus known = status.get();
    return known.next().isPresent() && known.next().get() == known.slot() && !known.isGood();
  }
}
