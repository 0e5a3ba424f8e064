package io.kubesolo.update.agent.download;

/** A port: shows the progress of a download. */
public interface DownloadProgress {
  /** Shows nothing. */
  DownloadProgress NONE = (label, done, total) -> {};

  /**
   * Shows one step.
   *
   * @param label what is fetched
   * @param done the bytes that are fetched
   * @param total the bytes of the whole file
   */
  void show(String label, long done, long total);

  /** Ends the line, before other output. */
  default void end() {}
}
