package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.io.SmallFile;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.LinuxBoot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the kernel of the simulated device reports. Without it, the device is not booted.
 *
 * <p>Immutable.
 *
 * @param slot the slot that runs
 * @param bootId identifies this boot
 * @param hostUptime how long the host had been up at this boot
 */
public record BootRecord(Slot slot, String bootId, Duration hostUptime) {
  /** Reads the record of the present boot. */
  public static BootRecord read(Path file) throws Failure {
    return SmallFile.readJson(file, BootRecord::of);
  }

  private static BootRecord of(JsonObject json) throws Failure {
    Optional<Slot> slot = Slot.of(json.text("slot"));
    if (slot.isEmpty()) {
      throw Failure.of("\"slot\" is neither a nor b");
    }
    String bootId = json.text("boot_id");
    if (bootId.isBlank() || !UTF_8.newEncoder().canEncode(bootId)) {
      throw Failure.of("\"boot_id\" is blank or not well-formed Unicode");
    }
    long millis = json.number("host_uptime_ms", 0, Long.MAX_VALUE);
    return new BootRecord(slot.get(), bootId, Duration.ofMillis(millis));
  }

  void save(Path file) throws Failure {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("slot", slot.letter());
    values.put("boot_id", bootId);
    values.put("host_uptime_ms", hostUptime.toMillis());
    SmallFile.replaceJson(file, values);
  }

  /** Returns the present moment within this boot; the host may have rebooted since. */
  public Boot at(Duration hostUptimeNow) {
    Duration up = hostUptimeNow.minus(hostUptime);
    return new Boot(bootId, up.isNegative() ? Duration.ZERO : up);
  }

  /** Returns how long the host has been up; zero if the kernel does not report it. */
  public static Duration hostUptimeNow() {
    return LinuxBoot.now().map(Boot::uptime).getOrElse(Duration.ZERO);
  }
}
