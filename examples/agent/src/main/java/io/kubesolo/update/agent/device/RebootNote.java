package io.kubesolo.update.agent.device;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.io.Sha256;
import io.kubesolo.update.agent.io.SmallFile;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Rebooted;
import io.vavr.control.Option;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The durable note of the last reboot that an unattended device needed: in which boot, and with which
 * slot running and which boot environment. {@code grub.cfg} changes the environment in each boot. If it is
 * the same in a later boot, the boot loader does not use it, and another reboot would change nothing.
 *
 * <p>Writers hold the work lock, if it can be created.
 *
 * @param dir the device directory
 */
public record RebootNote(Path dir) {
  private static final String BOOT_ID = "boot_id";
  private static final String UPTIME = "uptime_ms";
  private static final String SLOT = "slot";
  private static final String DIGEST = "grubenv_sha256";

  private Path file() {
    return dir.resolve("reboot.json");
  }

  /**
   * Returns whether the device has rebooted since the note was written, from the slot that runs again, and
   * the boot environment is still the same. Throws if the note cannot be read; an invalid one says
   * nothing.
   */
  public boolean wasInVain(Boot now, BootSituation situation) throws Failure {
    if (Files.notExists(file())) {
      return false;
    }
    byte[] note = SmallFile.read(file());
    String digest = digest(situation);
    try {
      JsonObject json = JsonObject.parse(note);
      long millis = json.number(UPTIME, 0, Boot.MAX_UPTIME.toMillis());
      Boot noted = new Boot(json.text(BOOT_ID), Duration.ofMillis(millis));
      return Rebooted.between(Option.some(noted), Option.some(now)) == Rebooted.YES
          && json.text(SLOT).equals(situation.running().letter())
          && json.text(DIGEST).equals(digest);
    } catch (Failure | IllegalArgumentException e) {
      return false;
    }
  }

  /** Notes that the device needs a reboot now. */
  public void write(Boot now, BootSituation situation) throws Failure {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put(BOOT_ID, now.id());
    values.put(UPTIME, now.uptime().toMillis());
    values.put(SLOT, situation.running().letter());
    values.put(DIGEST, digest(situation));
    SmallFile.replaceJson(file(), values);
  }

  /**
   * Removes the note, because no reboot is needed, or the agent has changed the boot environment. Best
   * effort: a note that stays can at most prevent a reboot from the very same boot environment.
   */
  public void forget() {
    if (Files.notExists(file(), NOFOLLOW_LINKS)) {
      return;
    }
    try {
      SmallFile.remove(file());
    } catch (Failure e) {
      // It is replaced by the next reboot that is needed.
    }
  }

  private static String digest(BootSituation situation) throws Failure {
    return Sha256.of(situation.environment().toBytes());
  }
}
