package io.kubesolo.update.core;

import io.vavr.control.Option;

/**
 * Where an update stands. Each phase says what is true while the state file shows it, of the disk
 * and of the two slots; the code that works in a phase may rely on no more than that.
 */
public enum Phase {
  /** Nothing is under way, and no outcome waits to be seen. The running slot boots next. */
  IDLE("idle", true),

  /** The server is being asked. Nothing of an update is on the disk yet. */
  CHECKING("checking", false),

  /** A target is taken on; its artifacts may lie on the disk in part. The running slot boots next. */
  DOWNLOADING("downloading", false),

  /** The passive slot holds the whole verified target. The running slot still boots next. */
  STAGED("staged", false),

  /**
   * To boot the target is decided. The boot loader may or may not have been told yet, so either
   * slot may boot next.
   */
  ACTIVATED("activated", false),

  /** The target runs and is on trial: unless it is marked good, the boot loader falls back. */
  VERIFYING("verifying", false),

  /** The target runs, passed its health check, and its slot was marked good. */
  SUCCESS("success", true),

  /**
   * The target was given up after its activation. The prior slot runs, or boots next once the boot
   * loader was told.
   */
  ROLLED_BACK("rolled_back", true),

  /** The attempt was given up before activation. The slot that ran still runs and boots next. */
  FAILED("failed", true);

  private final String wireName;
  private final boolean resting;

  Phase(String wireName, boolean resting) {
    this.wireName = wireName;
    this.resting = resting;
  }

  /** {@return the name in the state file, on the command line and in metrics} */
  public String wireName() {
    return wireName;
  }

  /** {@return whether an update may stay here for ever; the other phases are transient} */
  public boolean isResting() {
    return resting;
  }

  /**
   * Finds the phase of a wire name.
   *
   * @param wireName the name, compared exactly
   * @return the phase, or none where no phase has that name
   */
  public static Option<Phase> ofWireName(String wireName) {
    for (Phase phase : values()) {
      if (phase.wireName.equals(wireName)) {
        return Option.some(phase);
      }
    }
    return Option.none();
  }

  @Override
  public String toString() {
    return wireName;
  }
}
