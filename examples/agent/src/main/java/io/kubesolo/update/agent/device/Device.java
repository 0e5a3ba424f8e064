package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
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
public record Device(Path dir, DeviceConfig config) {
  public static Either<Failure, Device> open(Path dir) {
    return SmallFile.readJson(dir.resolve("device.json"), DeviceConfig::of)
        .map(config -> new Device(dir, config));
  }

  /** Where the state is kept unless another place is named. */
  public static Path state(Path dir) {
    return dir.resolve("state.json");
  }

  /** The present moment within the device's boot; none where it is not booted. */
  public static Option<Boot> boot(Path dir, Duration hostUptime) {
    return BootRecord.read(running(dir)).toOption().map(running -> running.at(hostUptime));
  }

  private static Path running(Path dir) {
    return dir.resolve("running.json");
  }

  public Path running() {
    return running(dir);
  }

  public Path grubenv() {
    return dir.resolve("grubenv");
  }

  public Path publicKey() {
    return dir.resolve("update.pub");
  }

  /** The folder of a download under way. */
  public Path download() {
    return dir.resolve("download");
  }

  public Slots slots() {
    return new Slots(dir.resolve("slots"));
  }
}
