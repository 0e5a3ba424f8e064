package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.download.DownloadProgress;
import io.kubesolo.update.agent.io.OneLine;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** A bar that a terminal redraws in place. */
final class ProgressBar implements DownloadProgress {
  /** The kernel's link to the file or terminal that is the standard error of this process. */
  static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
  private static final double MIB = 1024.0 * 1024.0;

  private final PrintStream terminal;
  private long drawn;
  private boolean open;

  ProgressBar(PrintStream terminal) {
    this.terminal = terminal;
  }

  /** Returns a bar if standard error is a terminal, else a progress that shows nothing. */
  static DownloadProgress on(Output output) {
    return Terminal.isTerminal(STANDARD_ERROR) ? new ProgressBar(output.err()) : NONE;
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
        OneLine.of(label),
        "#".repeat(full),
        "-".repeat(WIDTH - full),
        (int) (share * 100),
        done / MIB,
        total / MIB);
  }
}
