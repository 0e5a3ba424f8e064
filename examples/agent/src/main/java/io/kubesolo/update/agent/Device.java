package io.kubesolo.update.agent;

import io.kubesolo.update.core.Boot;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A device directory: where everything lies on the device.
 *
 * <p>Immutable.
 *
 * @param dir the directory
 * @param config what its owner has settled
 */
record Device(Path dir, DeviceConfig config) {
  static Either<Trouble, Device> open(Path dir) {
    return SmallFile.readJson(dir.resolve("device.json"), DeviceConfig::of)
        .map(config -> new Device(dir, config));
  }

  /** Where the state is kept unless another place is named. */
  static Path state(Path dir) {
    return dir.resolve("state.json");
  }

  /** The present moment within the device's boot; none where it is not booted. */
  static Option<Boot> boot(Path dir, Duration hostUptime) {
    return Running.read(running(dir)).toOption().map(running -> running.at(hostUptime));
  }

  private static Path running(Path dir) {
    return dir.resolve("running.json");
  }

  Path running() {
    return running(dir);
  }

  Path grubenv() {
    return dir.resolve("grubenv");
  }

  Path publicKey() {
    return dir.resolve("update.pub");
  }

  /** The folder of a download under way. */
  Path download() {
    return dir.resolve("download");
  }

  Slots slots() {
    return new Slots(dir.resolve("slots"));
  }
}
