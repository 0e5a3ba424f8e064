package io.kubesolo.update.core;

/** A value that some events carry, by its name on the wire. */
public enum EventField {
  /** The version to update to: text of 1 to 255 characters. */
  TO_VERSION("to_version"),
  /** The version that runs now: text of 1 to 255 characters. */
  RUNNING_VERSION("running_version"),
  /** What went wrong: text, cut to its first 4,096 characters. */
  ERROR("error"),
  /** Whether the operator overrides the guards that can be overridden; false where absent. */
  FORCE("force");

  private final String wireName;

  EventField(String wireName) {
    this.wireName = wireName;
  }

  /** {@return the name in replays; with dashes for underscores, the command line's option} */
  public String wireName() {
    return wireName;
  }

  @Override
  public String toString() {
    return wireName;
  }
}
