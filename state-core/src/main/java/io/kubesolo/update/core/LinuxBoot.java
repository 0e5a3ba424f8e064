package io.kubesolo.update.core;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vavr.control.Option;
import java.io.FileInputStream;
import java.io.IOException;
import java.time.Duration;

/** Reads the boot id and the uptime of the Linux kernel. */
public final class LinuxBoot {
  private static final String BOOT_ID = "/proc/sys/kernel/random/boot_id";
  private static final String UPTIME = "/proc/uptime";

  /** The id, which is read once because a process does not outlive its boot. */
  private static volatile String id = "";

  private LinuxBoot() {}

  /** {@return the present boot and uptime, or none if {@code /proc} does not hold them} */
  public static Option<Boot> now() {
    try {
      if (id.isEmpty()) {
        id = read(BOOT_ID).strip();
      }
      return Option.some(new Boot(id, uptime()));
    } catch (IOException | RuntimeException e) {
      return Option.none();
    }
  }

  /** Returns the uptime to the hundredth of a second, with suspended time. */
  private static Duration uptime() throws IOException {
    String text = read(UPTIME);
    double seconds = Double.parseDouble(text.substring(0, text.indexOf(' ')));
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  /** Reads a file of {@code /proc}. The kernel returns such a short text in one read. */
  private static String read(String path) throws IOException {
    try (FileInputStream in = new FileInputStream(path)) {
      byte[] text = new byte[64];
      return new String(text, 0, Math.max(0, in.read(text)), US_ASCII);
    }
  }
}
