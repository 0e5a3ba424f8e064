package io.kubesolo.update.core;

import io.vavr.control.Option;
import java.util.EnumSet;
import java.util.List;

/**
 * The phase of an update. Each phase states what holds on the disk and in the two slots while the
 * state file shows it. Code that does the work of a phase may rely on nothing else.
 *
 * <p>The phases up to success are declared in the order in which a successful update passes them.
 */
public enum Phase {
  /** No update is in progress and no outcome is unacknowledged. The running slot boots next. */
  IDLE("idle", true),

  /** The agent asks the server. Nothing of this attempt is on the disk yet. */
  CHECKING("checking", false),

  /**
   * The target is chosen; part of its artifacts may be on the disk. The running slot boots next.
   */
  DOWNLOADING("downloading", false),

  /** The passive slot holds the complete, verified target. The running slot still boots next. */
  STAGED("staged", false),

  /**
   * The target is to boot next. The boot loader may or may not have been configured yet, so either
   * slot may boot next.
   */
  ACTIVATED("activated", false),

  /** The target runs and is being checked. Unless it is marked good, the boot loader falls back. */
  VERIFYING("verifying", false),

  /** The target runs, passed its health check, and its slot was marked good. */
  SUCCESS("success", true),

  /**
   * The target was given up after its activation. The prior slot runs, or boots next once the boot
   * loader is configured.
   */
  ROLLED_BACK("rolled_back", true),

  /** The attempt was given up before activation. The running slot is unchanged and boots next. */
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

  /**
   * {@return whether an update may stay in this phase without limit; the other phases
   * are transient}
   */
  public boolean isResting() {
    return resting;
  }

  /**
   * Returns the phases of an update that succeeds.
   *
   * @return the phases from idle to success, in their order
   */
  public static List<Phase> successfulPath() {
    return List.copyOf(EnumSet.range(IDLE, SUCCESS));
  }

  /**
   * Finds the phase of a wire name.
   *
   * @param wireName the name, compared exactly
   * @return the phase, or none if no phase has that name
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
