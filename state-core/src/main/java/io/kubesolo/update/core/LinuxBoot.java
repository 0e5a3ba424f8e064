package io.kubesolo.update.core;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vavr.control.Option;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads the boot id and the uptime of the Linux kernel.
 *
 * <p>Safe for use by several threads.
 */
public final class LinuxBoot {
  private static final String BOOT_ID = "/proc/sys/kernel/random/boot_id";
  private static final String UPTIME = "/proc/uptime";

  /** The id, which is read once because a process does not outlive its boot. */
  private static volatile String id = "";

  /** The uptime's file, which stays open: to open it takes longer than to read it. */
  private static @Nullable RandomAccessFile uptime;

  private LinuxBoot() {}

  /** {@return the present boot and uptime, or none if {@code /proc} does not hold them} */
  public static Option<Boot> now() {
    try {
      if (id.isEmpty()) {
        try (RandomAccessFile file = new RandomAccessFile(BOOT_ID, "r")) {
          id = read(file).strip();
        }
      }
      return Option.some(new Boot(id, uptime()));
    } catch (IOException | RuntimeException e) {
      return Option.none();
    }
  }

  /** Returns the uptime to the hundredth of a second, with suspended time. */
  private static synchronized Duration uptime() throws IOException {
    RandomAccessFile file = uptime == null ? new RandomAccessFile(UPTIME, "r") : uptime;
    uptime = file;
    String text = read(file);
    double seconds = Double.parseDouble(text.substring(0, text.indexOf(' ')));
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  /** Reads a file of {@code /proc} from its start. The kernel returns it in one read. */
  private static String read(RandomAccessFile file) throws IOException {
    byte[] text = new byte[64];
    file.seek(0);
    return new String(text, 0, Math.max(0, file.read(text)), US_ASCII);
  }
}
