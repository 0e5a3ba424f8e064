package io.kubesolo.update.agent;

import java.nio.file.Path;

/** A port: shows how far a download is. */
interface Progress {
  /** Where the kernel tells what this process has for standard error. */
  Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  /** Shows nothing. */
  Progress NONE = (label, done, total) -> {};

  /**
   * Shows one step.
   *
   * @param label what is fetched
   * @param done bytes that are there
   * @param total bytes there will be
   */
  void show(String label, long done, long total);

  /** A bar where standard error is a terminal, else nothing. */
  static Progress on(Output output) {
    return ProgressBar.isTerminal(STANDARD_ERROR) ? new ProgressBar(output.err()) : NONE;
  }

  /** Makes room for other output. */
  default void end() {}
}
