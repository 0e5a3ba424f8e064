package io.kubesolo.update.agent.device;

import java.util.Locale;

/**
 * Why an unattended device does not activate an update, or reboot into it, at a moment.
 *
 * <p>Immutable.
 *
 * @param reason the rule that forbids it
 * @param words what forbids it, for the operator
 */
public record ActivationWait(Reason reason, String words) {
  /** The rules of an activation policy. */
  public enum Reason {
    /** The policy is wrong, so it is unknown what it forbids. */
    CONFIGURATION,
    /** The moment is in no maintenance window. */
    WINDOW,
    /** The clock is not set, so it is unknown whether a window is open. */
    CLOCK,
    /** The hold file exists. */
    HOLD,
    /** The server of the fleet lock refused, or did not answer. */
    FLEET_LOCK;

    /** Returns the name in metrics. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
