package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.UTF_8;

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
 * The durable note that the boot environment was changed for an activated version in a later boot than
 * that of the event. Without it the device would seem to have rebooted since the change.
 *
 * <p>Writers hold the work lock.
 *
 * @param dir the device directory
 */
public record SwitchNote(Path dir) {
  private static final String REVISION = "revision";
  private static final String BOOT_ID = "boot_id";
  private static final String UPTIME = "uptime_ms";

  private Path file() {
    return dir.resolve("switched.json");
  }

  /**
   * Returns when the boot environment was changed for an activated version, if that was in a later boot
   * than the event, or none.
   *
   * @param revision the revision that the event made
   */
  public Option<Boot> moment(long revision) {
    try {
      return Files.exists(file())
          ? SmallFile.readJson(file(), json -> moment(json, revision))
          : Option.none();
    } catch (Failure | IllegalArgumentException e) {
      return Option.none();
    }
  }

  private static Option<Boot> moment(JsonObject json, long revision) throws Failure {
    if (json.number(REVISION, 0, Long.MAX_VALUE) != revision) {
      return Option.none();
    }
    long uptime = json.number(UPTIME, 0, Boot.MAX_UPTIME.toMillis());
    return Option.some(new Boot(json.text(BOOT_ID), Duration.ofMillis(uptime)));
  }

  /** Notes when the boot environment is changed. */
  public void write(long revision, Boot moment) throws Failure {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put(REVISION, revision);
    values.put(BOOT_ID, moment.id());
    values.put(UPTIME, moment.uptime().toMillis());
    SmallFile.replace(file(), (JsonObject.write(values) + "\n").getBytes(UTF_8));
  }
}
