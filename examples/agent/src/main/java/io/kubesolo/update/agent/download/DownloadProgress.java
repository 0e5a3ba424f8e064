package io.kubesolo.update.agent.download;

/** A port: shows how far a download is. */
public interface DownloadProgress {
  /** Shows nothing. */
  DownloadProgress NONE = (label, done, total) -> {};

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
