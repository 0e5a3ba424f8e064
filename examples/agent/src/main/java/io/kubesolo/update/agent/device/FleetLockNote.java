package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.device.ActivationPolicy.FleetLock;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.io.SmallFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The durable notes of a device about the fleet lock: which locks it may hold, and in which boot it
 * last released the configured one. A lock is noted with all that is needed to release it, because
 * the configuration may change while it is held.
 *
 * <p>Writers hold the work lock.
 *
 * @param dir the device directory
 * @param configured the fleet lock of the configuration; the one that may be held if the note
 *     names none, like that of an older agent, or is damaged
 */
public record FleetLockNote(Path dir, Optional<FleetLock> configured) {
  private static final String LOCKS = "locks";
  private static final String REFUSED = "refused";
  private static final String BOOT_ID = "boot_id";
  private static final int MAX_BYTES = 64 * 1024;

  /** Returns the note of a device. */
  public static FleetLockNote of(Device device) {
    return new FleetLockNote(device.dir(), device.config().activation().fleetLock());
  }

  /** Returns the file that names the locks that may be held. */
  public Path held() {
    return dir.resolve("fleet-lock.json");
  }

  private Path given() {
    return dir.resolve("fleet-lock-boot.json");
  }

  /** Returns whether the device may hold a lock. */
  public boolean mayBeHeld() {
    return Files.exists(held());
  }

  /** Returns the locks that the device may hold. Throws if the note cannot be read. */
  public List<FleetLock> locks() throws Failure {
    if (!mayBeHeld()) {
      return List.of();
    }
    byte[] note = SmallFile.readStart(held(), MAX_BYTES);
    try {
      List<FleetLock> named = named(JsonObject.parse(note));
      return named.isEmpty() ? configured.stream().toList() : named;
    } catch (Failure e) {
      return configured.stream().toList();
    }
  }

  private static List<FleetLock> named(JsonObject json) throws Failure {
    List<FleetLock> locks = new ArrayList<>();
    for (JsonObject lock : json.objects(LOCKS)) {
      locks.add(DeviceConfig.lock(lock));
    }
    return locks;
  }

  /** Returns why the server refused the lock, or did not answer; none if it did neither. */
  public Optional<String> refusal() {
    try {
      return mayBeHeld()
          ? SmallFile.readJson(held(), json -> Optional.of(json.text(REFUSED, "")))
              .filter(words -> !words.isEmpty())
          : Optional.empty();
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  /** Notes that a lock may be held from now on, too. */
  public void noteHeld(FleetLock lock) throws Failure {
    write(held(), Map.of(LOCKS, values(with(lock))));
  }

  /** Notes why the server did not grant a lock, which may be held nevertheless. */
  public void noteRefusal(FleetLock lock, String words) throws Failure {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put(LOCKS, values(with(lock)));
    values.put(REFUSED, words);
    write(held(), values);
  }

  private List<FleetLock> with(FleetLock lock) throws Failure {
    List<FleetLock> locks = without(lock);
    locks.add(lock);
    return locks;
  }

  private List<FleetLock> without(FleetLock lock) throws Failure {
    List<FleetLock> locks = new ArrayList<>(locks());
    locks.remove(lock);
    return locks;
  }

  private static List<Map<String, String>> values(List<FleetLock> locks) {
    return locks.stream().map(FleetLockNote::values).toList();
  }

  private static Map<String, String> values(FleetLock lock) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("url", lock.url().toString());
    values.put("group", lock.group());
    values.put("id", lock.id());
    return values;
  }

  /** Returns whether the configured lock was released in a boot. */
  public boolean isGivenBackIn(String bootId) {
    try {
      return Files.exists(given())
          && SmallFile.readJson(given(), json -> json.text(BOOT_ID, "")).equals(bootId);
    } catch (Failure e) {
      return false;
    }
  }

  /** Notes that a lock is not held, and was released in a boot. */
  public void noteGivenBack(FleetLock lock, String bootId) throws Failure {
    List<FleetLock> left = without(lock);
    if (left.isEmpty()) {
      SmallFile.remove(held());
    } else {
      write(held(), Map.of(LOCKS, values(left)));
    }
    if (configured.equals(Optional.of(lock)) && !isGivenBackIn(bootId)) {
      write(given(), Map.of(BOOT_ID, bootId));
    }
  }

  private static void write(Path file, Map<String, ?> values) throws Failure {
    SmallFile.replace(file, (JsonObject.write(values) + "\n").getBytes(UTF_8));
  }
}
