package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.download.UpdateKey;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.monitor.DeviceStatus;
import io.kubesolo.update.agent.monitor.DeviceStatus.BootProblem;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The device that a status is about.
 *
 * @param isNamed whether there is a device directory at all
 * @param status what runs and what boots next; none if it is not known
 * @param waits what an update waits for; none if it is not known
 * @param problem why it is not known
 * @param faults what is wrong with the configuration, the key and the slots, a line each
 */
record DeviceView(
    boolean isNamed,
    Option<DeviceStatus> status,
    Option<List<ActivationWait>> waits,
    Option<String> problem,
    List<String> faults) {
  /**
   * Reads what is known of a device.
   *
   * @param state the state of its update; none if it cannot be read
   * @param deadlines the deadlines that its configuration is checked against
   */
  static DeviceView of(Option<Path> dir, Option<UpdateState> state, Deadlines deadlines) {
    if (dir.isEmpty()) {
      return new DeviceView(false, Option.none(), Option.none(), Option.none(), List.of());
    }
    Option<List<ActivationWait>> waits = state.flatMap(known -> waits(dir.get(), known));
    try {
      return new DeviceView(
          true,
          Option.some(DeviceStatus.read(dir.get(), state)),
          waits,
          Option.none(),
          faults(dir.get(), deadlines));
    } catch (Failure e) {
      return new DeviceView(true, Option.none(), waits, Option.some(e.message()), List.of());
    }
  }

  private static List<String> faults(Path dir, Deadlines deadlines) throws Failure {
    Device device = Device.open(dir);
    List<String> faults = new ArrayList<>(device.warnings(deadlines));
    try {
      device.requireStarted(device.running());
      UpdateKey.require(device.publicKey());
    } catch (Failure e) {
      faults.add(e.message());
    }
    return faults;
  }

  /** Returns what the update waits for; none if the configuration cannot be read. */
  static Option<List<ActivationWait>> waits(Path dir, UpdateState state) {
    try {
      return Option.some(DeviceStatus.waits(dir, state.phase()));
    } catch (Failure e) {
      return Option.none();
    }
  }

  /** Returns whether it is known that a reboot is needed. */
  boolean isRebootRequired() {
    return status.isDefined() && status.get().rebootRequired().orElse(false);
  }

  /** Returns the version that runs; none if it is not known. */
  Option<String> version() {
    return status.flatMap(known -> Option.ofOptional(known.version()));
  }

  /** Returns why it is not known what boots next, although it is known what runs. */
  Option<BootProblem> bootProblem() {
    return status.flatMap(known -> Option.ofOptional(known.bootProblem()));
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
