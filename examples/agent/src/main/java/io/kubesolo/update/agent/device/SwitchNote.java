package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.io.SmallFile;
import io.kubesolo.update.core.Boot;
import io.vavr.control.Option;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The durable note that the boot environment was changed for an activated version in a later boot
 * than that of the event. Without it the device would seem to have rebooted since the change.
 *
 * <p>Writers hold the work lock.
 *
 * @param dir the device directory
 */
public record SwitchNote(Path dir) {
  private static final String REVISION = "revision";
  private static final String EVENT_BOOT_ID = "event_boot_id";
  private static final String EVENT_UPTIME = "event_uptime_ms";
  private static final String BOOT_ID = "boot_id";
  private static final String UPTIME = "uptime_ms";

  private Path file() {
    return dir.resolve("switched.json");
  }

  /**
   * Returns when the boot environment was changed for an activated version, if that was in a later
   * boot than the event, or none. Revisions alone don't tell events apart because a repaired state
   * file counts from 0 again. Throws if the note cannot be read; an invalid one says nothing.
   *
   * @param revision the revision that the event made
   * @param event when it was accepted, none if that is unknown
   */
  public Option<Boot> moment(long revision, Option<Boot> event) throws Failure {
    if (Files.notExists(file())) {
      return Option.none();
    }
    byte[] note = SmallFile.read(file());
    try {
      return moment(JsonObject.parse(note), revision, event);
    } catch (Failure | IllegalArgumentException e) {
      return Option.none();
    }
  }

  private static Option<Boot> moment(JsonObject json, long revision, Option<Boot> event)
      throws Failure {
    Option<Boot> noted = json.has(EVENT_BOOT_ID)
        ? Option.some(boot(json, EVENT_BOOT_ID, EVENT_UPTIME))
        : Option.none();
    boolean isOfEvent = json.number(REVISION, 0, Long.MAX_VALUE) == revision && noted.equals(event);
    return isOfEvent ? Option.some(boot(json, BOOT_ID, UPTIME)) : Option.none();
  }

  private static Boot boot(JsonObject json, String id, String uptime) throws Failure {
    long millis = json.number(uptime, 0, Boot.MAX_UPTIME.toMillis());
    return new Boot(json.text(id), Duration.ofMillis(millis));
  }

  /**
   * Notes when the boot environment is changed.
   *
   * @param revision the revision that the event made
   * @param event when it was accepted, none if that is unknown
   */
  public void write(long revision, Option<Boot> event, Boot moment) throws Failure {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put(REVISION, revision);
    event.forEach(boot -> {
      values.put(EVENT_BOOT_ID, boot.id());
      values.put(EVENT_UPTIME, boot.uptime().toMillis());
    });
    values.put(BOOT_ID, moment.id());
    values.put(UPTIME, moment.uptime().toMillis());
    SmallFile.replaceJson(file(), values);
  }
}
