package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.io.SmallFile;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.fsm.LinuxBoot;
import io.vavr.control.Either;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a kernel would tell of itself. A device without it is not booted.
 *
 * <p>Immutable.
 *
 * @param slot the slot that runs
 * @param bootId tells this boot from every other
 * @param hostUptime how long the host had been up at this boot
 */
public record BootRecord(Slot slot, String bootId, Duration hostUptime) {
  public static Either<Failure, BootRecord> read(Path file) {
    return Files.notExists(file)
        ? Either.left(
            Failure.at(file, "is missing: the device is not booted; run the boot command"))
        : SmallFile.readJson(file, BootRecord::of);
  }

  private static Either<String, BootRecord> of(JsonObject json) {
    return json.text("slot")
        .flatMap(letter -> Slot.of(letter).toEither("\"slot\" is neither a nor b"))
        .flatMap(slot -> json.text("boot_id")
            .filterOrElse(id -> !id.isBlank(), id -> "\"boot_id\" is blank")
            .flatMap(id -> json.number("host_uptime_ms", 0, Long.MAX_VALUE)
                .map(millis -> new BootRecord(slot, id, Duration.ofMillis(millis)))));
  }

  Either<Failure, BootRecord> save(Path file) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("slot", slot.letter());
    values.put("boot_id", bootId);
    values.put("host_uptime_ms", hostUptime.toMillis());
    return SmallFile.replace(file, (JsonObject.write(values) + "\n").getBytes(UTF_8))
        .map(written -> this);
  }

  /** The present moment within this boot; the host's clock may have started anew since. */
  public Boot at(Duration hostUptimeNow) {
    Duration up = hostUptimeNow.minus(hostUptime);
    return new Boot(bootId, up.isNegative() ? Duration.ZERO : up);
  }

  /** Returns how long the host has been up; zero if the kernel does not tell. */
  public static Duration hostUptimeNow() {
    return LinuxBoot.now().map(Boot::uptime).getOrElse(Duration.ZERO);
  }
}
