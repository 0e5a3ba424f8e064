package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Boot;
import io.vavr.control.Option;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The present moment within this boot, as the Linux kernel tells it. */
public final class LinuxBoot {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path UPTIME = Path.of("/proc/uptime");

  private LinuxBoot() {}

  /** {@return the present moment, or none where {@code /proc} does not tell} */
  public static Option<Boot> now() {
    try {
      return Option.some(new Boot(Files.readString(BOOT_ID).strip(), uptime()));
    } catch (IOException | RuntimeException e) {
      return Option.none();
    }
  }

  /**
   * Reads how long the kernel has been up, time asleep included.
   *
   * @return the uptime, to the hundredth of a second
   * @throws IOException if {@code /proc/uptime} cannot be read
   */
  public static Duration uptime() throws IOException {
    String seconds = Files.readString(UPTIME).split(" ", 2)[0];
    return Duration.ofMillis(new BigDecimal(seconds).movePointRight(3).longValueExact());
  }
}
