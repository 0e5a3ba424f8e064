package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.io.SmallFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The durable notes of a device about the fleet lock: that it may hold the lock, and in which boot
 * it last released it.
 *
 * <p>Writers hold the work lock.
 *
 * @param dir the device directory
 */
public record FleetLockNote(Path dir) {
  private static final String REFUSED = "refused";
  private static final String BOOT_ID = "boot_id";

  private Path held() {
    return dir.resolve("fleet-lock.json");
  }

  private Path given() {
    return dir.resolve("fleet-lock-boot.json");
  }

  /** Returns whether the device may hold the lock. */
  public boolean mayBeHeld() {
    return Files.exists(held());
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

  /** Notes that the lock may be held from now on. */
  public void noteHeld() throws Failure {
    write(held(), Map.of());
  }

  /** Notes why the server did not grant the lock, which may be held nevertheless. */
  public void noteRefusal(String words) throws Failure {
    write(held(), Map.of(REFUSED, words));
  }

  /** Returns whether the lock was released in a boot. */
  public boolean isGivenBackIn(String bootId) {
    try {
      return Files.exists(given())
          && SmallFile.readJson(given(), json -> json.text(BOOT_ID, "")).equals(bootId);
    } catch (Failure e) {
      return false;
    }
  }

  /** Notes that the lock is not held, and was released in a boot. */
  public void noteGivenBack(String bootId) throws Failure {
    SmallFile.remove(held());
    if (!isGivenBackIn(bootId)) {
      write(given(), Map.of(BOOT_ID, bootId));
    }
  }

  private static void write(Path file, Map<String, String> values) throws Failure {
    SmallFile.replace(file, (JsonObject.write(values) + "\n").getBytes(UTF_8));
  }
}
