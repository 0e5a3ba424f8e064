package io.kubesolo.update.core;

/** A value that some types of event carry. */
public enum EventField {
  /** The version to update to: text of 1 to 255 characters. */
  TO_VERSION("to_version"),
  /** The version that runs now: text of 1 to 255 characters. */
  RUNNING_VERSION("running_version"),
  /** The error message: text, cut to its first 4,096 characters. */
  ERROR("error"),
  /** Whether the operator overrides the guards that can be overridden; false if absent. */
  FORCE("force"),
  /** Whether the version is not the cause and may be installed again; false if absent. */
  RETRY("retry");

  private final String wireName;

  EventField(String wireName) {
    this.wireName = wireName;
  }

  /** {@return the name in replays; with dashes instead of underscores, the command-line option} */
  public String wireName() {
    return wireName;
  }

  @Override
  public String toString() {
    return wireName;
  }
}
