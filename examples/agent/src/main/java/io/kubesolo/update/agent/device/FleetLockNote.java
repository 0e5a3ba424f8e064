package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.device.ActivationPolicy.FleetLock;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.io.SmallFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
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
 * @param configured the fleet lock of the configuration; one that may be held if the note
 *     names none, like that of an older agent, or has an entry that cannot be read
 */
public record FleetLockNote(Path dir, Optional<FleetLock> configured) {
  private static final String LOCKS = "locks";
  private static final String SINCE = "since";
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

  /** Returns whether the device may hold a lock: it does unless the note is known not to exist. */
  public boolean mayBeHeld() {
    return !Files.notExists(held());
  }

  /** Returns the locks that the device may hold. Throws if the note cannot be read. */
  public List<FleetLock> locks() throws Failure {
    return List.copyOf(grants().keySet());
  }

  /** Returns the locks that were granted, for the operator; none if the note cannot be read. */
  public List<HeldFleetLock> granted() {
    List<HeldFleetLock> granted = new ArrayList<>();
    try {
      grants()
          .forEach(
              (lock, since) -> since.ifPresent(at -> granted.add(new HeldFleetLock(lock, at))));
    } catch (Failure e) {
      return List.of();
    }
    return granted;
  }

  /**
   * Returns the locks that the device may hold, and when each was granted; none if that is not known. An
   * older agent does not note it.
   */
  private Map<FleetLock, Optional<Instant>> grants() throws Failure {
    Map<FleetLock, Optional<Instant>> grants = new LinkedHashMap<>();
    if (!mayBeHeld()) {
      return grants;
    }
    byte[] note = SmallFile.readStart(held(), MAX_BYTES);
    boolean isWhole = true;
    for (JsonObject entry : entries(note)) {
      try {
        grants.put(DeviceConfig.lock(entry), since(entry));
      } catch (Failure e) {
        isWhole = false;
      }
    }
    if (!isWhole || grants.isEmpty()) {
      configured.ifPresent(lock -> grants.putIfAbsent(lock, Optional.empty()));
    }
    return grants;
  }

  private static List<JsonObject> entries(byte[] note) {
    try {
      return JsonObject.parse(note).objects(LOCKS);
    } catch (Failure e) {
      return List.of();
    }
  }

  private static Optional<Instant> since(JsonObject lock) {
    try {
      return Optional.of(Instant.parse(lock.text(SINCE)));
    } catch (Failure | DateTimeParseException e) {
      return Optional.empty();
    }
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
    SmallFile.replaceJson(held(), Map.of(LOCKS, values(with(lock))));
  }

  /** Notes when a lock was granted that may be held, unless an earlier grant is noted. */
  public void noteGranted(FleetLock lock, Instant now) throws Failure {
    Map<FleetLock, Optional<Instant>> grants = with(lock);
    if (Optional.empty().equals(grants.get(lock))) {
      grants.put(lock, Optional.of(now.truncatedTo(ChronoUnit.SECONDS)));
      SmallFile.replaceJson(held(), Map.of(LOCKS, values(grants)));
    }
  }

  /** Notes why the server did not grant a lock, which may be held nevertheless. */
  public void noteRefusal(FleetLock lock, String words) throws Failure {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put(LOCKS, values(with(lock)));
    values.put(REFUSED, words);
    SmallFile.replaceJson(held(), values);
  }

  private Map<FleetLock, Optional<Instant>> with(FleetLock lock) throws Failure {
    Map<FleetLock, Optional<Instant>> grants = grants();
    grants.putIfAbsent(lock, Optional.empty());
    return grants;
  }

  private static List<Map<String, String>> values(Map<FleetLock, Optional<Instant>> grants) {
    List<Map<String, String>> locks = new ArrayList<>();
    grants.forEach((lock, since) -> {
      Map<String, String> values = new LinkedHashMap<>();
      values.put("url", lock.url().toString());
      values.put("group", lock.group());
      values.put("id", lock.id());
      since.ifPresent(at -> values.put(SINCE, at.toString()));
      locks.add(values);
    });
    return locks;
  }

  /**
   * Returns whether the configured lock was released in a boot.
   *
   * @param bootId the kernel's id of the boot; empty if it is not known, and the result is then false
   */
  public boolean isGivenBackIn(String bootId) {
    try {
      return !bootId.isEmpty()
          && Files.exists(given())
          && SmallFile.readJson(given(), json -> json.text(BOOT_ID, "")).equals(bootId);
    } catch (Failure e) {
      return false;
    }
  }

  /** Notes that a lock is not held, and was released in a boot. */
  public void noteGivenBack(FleetLock lock, String bootId) throws Failure {
    Map<FleetLock, Optional<Instant>> left = grants();
    left.remove(lock);
    if (left.isEmpty()) {
      SmallFile.remove(held());
    } else {
      SmallFile.replaceJson(held(), Map.of(LOCKS, values(left)));
    }
    if (configured.equals(Optional.of(lock)) && !isGivenBackIn(bootId)) {
      SmallFile.replaceJson(given(), Map.of(BOOT_ID, bootId));
    }
  }
}
