package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import io.kubesolo.update.core.Boot;
import io.vavr.control.Option;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A device directory: its configuration, and where its other files are.
 *
 * <p>Immutable.
 *
 * @param dir the directory
 * @param config the configuration
 */
public record Device(Path dir, DeviceConfig config) {
  /** Reads the configuration of a device directory. */
  public static Device open(Path dir) throws Failure {
    return new Device(dir, SmallFile.readJson(dir.resolve("device.json"), DeviceConfig::of));
  }

  /** Returns the state file of a device, unless another one is named. */
  public static Path state(Path dir) {
    return dir.resolve("state.json");
  }

  /** Returns the present moment within the device's boot, or none if it is not booted. */
  public static Option<Boot> boot(Path dir, Duration hostUptime) {
    try {
      return Option.some(BootRecord.read(bootRecord(dir)).at(hostUptime));
    } catch (Failure e) {
      return Option.none();
    }
  }

  private static Path bootRecord(Path dir) {
    return dir.resolve("running.json");
  }

  /** Returns the file that says which slot runs since when. */
  public Path bootRecord() {
    return bootRecord(dir);
  }

  /** Returns the boot environment. */
  public Path grubenv() {
    return dir.resolve("grubenv");
  }

  /** Returns the key that manifests are verified with. */
  public Path publicKey() {
    return dir.resolve("update.pub");
  }

  /** Returns the folder of an unfinished download. */
  public Path download() {
    return dir.resolve("download");
  }

  /** Returns the two slots. */
  public Slots slots() {
    return new Slots(dir.resolve("slots"));
  }
}
