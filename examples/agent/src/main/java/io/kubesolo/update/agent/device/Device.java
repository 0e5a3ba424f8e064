package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines;
import io.vavr.control.Option;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A device directory: its configuration, and where its other files are.
 *
 * <p>Immutable.
 *
 * @param dir the directory
 * @param config the configuration
 * @param system the files in which the running system describes itself
 */
public record Device(Path dir, DeviceConfig config, SystemFiles system) {
  /** Reads the configuration of a device directory. */
  public static Device open(Path dir) throws Failure {
    return open(dir, SystemFiles.of(dir));
  }

  static Device open(Path dir, SystemFiles system) throws Failure {
    return new Device(
        dir, SmallFile.readJson(config(dir), json -> DeviceConfig.of(dir, json)), system);
  }

  private static Path config(Path dir) {
    return dir.resolve(DeviceConfig.FILE);
  }

  /** Throws unless a directory is that of a device, which says the presence of its configuration. */
  public static void require(Path dir) throws Failure {
    if (Files.notExists(config(dir))) {
      throw Failure.at(config(dir), "no such file or directory");
    }
  }

  /** Returns the warnings about the configuration under these deadlines, one line for each. */
  public List<String> warnings(Deadlines deadlines) {
    return config.warnings(deadlines).stream()
        .map(warning -> config(dir) + ": " + warning)
        .toList();
  }

  /** Returns the state file of a device, unless another one is named. */
  public static Path state(Path dir) {
    return dir.resolve("state.json");
  }

  /** Returns the file of the lock that is held while a command works on a device. */
  public static Path workLock(Path dir) {
    return dir.resolve("work.lock");
  }

  /** Returns the present moment within the device's boot, or none if it is not booted. */
  public static Option<Boot> boot(Path dir, Duration hostUptime) {
    try {
      return RunningSystem.of(dir, SystemFiles.of(dir)).boot(hostUptime);
    } catch (Failure e) {
      return Option.none();
    }
  }

  /** Returns what runs on the device. Throws if it is not booted. */
  public RunningSystem running() throws Failure {
    return RunningSystem.of(dir, system);
  }

  /**
   * Throws if the running slot was started from another partition than the one that the configuration names
   * for it: then the slots are exchanged, and neither can be read or written.
   */
  public void requireStarted(RunningSystem running) throws Failure {
    Slot slot = running.slot();
    Optional<String> started =
        running.record().isPresent() ? Optional.empty() : system.runningPartition();
    Optional<String> named = started.flatMap(any -> slots().partition(slot));
    if (named.isPresent() && !named.equals(started)) {
      throw Failure.at(
          config(dir),
          ("\"slots\": slot %s, which runs, was started from partition %s, but \"%s\" is partition %s; let"
                  + " \"a\" be partition_a and \"b\" partition_b of grub.cfg")
              .formatted(slot, started.get(), slot, named.get()));
    }
  }

  /** Returns the file that says which slot of a simulated device runs since when. */
  public Path bootRecord() {
    return dir.resolve(RunningSystem.BOOT_RECORD);
  }

  /** Returns the file that holds GRUB's environment block. */
  public BootEnvironmentFile bootEnvironment() {
    return new BootEnvironmentFile(config.boot().grubenv());
  }

  /**
   * Writes the boot environment durably, and returns it. The note of the last reboot is removed,
   * because it is about another environment.
   */
  public BootEnvironment writeBootEnvironment(BootEnvironment environment) throws Failure {
    bootEnvironment().write(environment);
    new RebootNote(dir).forget();
    return environment;
  }

  /** Returns the key that manifests are verified with. */
  public Path publicKey() {
    return dir.resolve("update.pub");
  }

  /** Returns the file that records which manifest was verified last. */
  public Path verifiedManifest() {
    return dir.resolve("manifest.verified");
  }

  /** Returns the folder of an unfinished download. */
  public Path download() {
    return dir.resolve("download");
  }

  /** Returns the two slots. */
  public Slots slots() {
    Map<Slot, Path> images = new EnumMap<>(Slot.class);
    config
        .boot()
        .slots()
        .forEach((slot, place) -> images.put(slot, SlotStorage.locate(place, dir, system)));
    return new Slots(images, dir.resolve("slots"), system);
  }
}
