package io.kubesolo.update.agent;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** A bar that a terminal redraws in place. */
final class ProgressBar implements Progress {
  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
  private static final double MIB = 1024.0 * 1024.0;

  private final PrintStream terminal;
  private long drawn;
  private boolean open;

  ProgressBar(PrintStream terminal) {
    this.terminal = terminal;
  }

  /** Whether a descriptor of this process leads to a terminal; Java asks of all three at once. */
  static boolean isTerminal(Path descriptor) {
    try {
      String device = descriptor.toRealPath().toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void show(String label, long done, long total) {
    long now = System.nanoTime();
    if (open && done < total && now - drawn < REDRAW_NANOS) {
      return;
    }
    terminal.print("\r" + bar(label, done, total));
    terminal.flush();
    drawn = now;
    open = true;
  }

  @Override
  public void end() {
    if (open) {
      terminal.println();
      open = false;
    }
  }

  static String bar(String label, long done, long total) {
    double share = total == 0 ? 1 : Math.min(1, (double) done / total);
    int full = (int) (share * WIDTH);
    return String.format(
        Locale.ROOT,
        "%s [%s%s] %3d%% %.1f of %.1f MiB",
        Output.oneLine(label),
        "#".repeat(full),
        "-".repeat(WIDTH - full),
        (int) (share * 100),
        done / MIB,
        total / MIB);
  }
}
