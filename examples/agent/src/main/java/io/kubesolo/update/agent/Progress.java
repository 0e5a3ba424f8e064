package io.kubesolo.update.agent;

/** A port: shows how far a download is. */
interface Progress {
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

  /** Makes room for other output. */
  default void end() {}
}
