package io.kubesolo.update.agent.device;

/**
 * What a health check found.
 *
 * <p>Immutable.
 *
 * @param outcome healthy or not
 * @param problem what is wrong, in one line; empty if the slot is healthy
 */
public record HealthResult(Outcome outcome, String problem) {
  /** The outcomes of a check. */
  public enum Outcome {
    /** The check says that the slot is healthy. */
    HEALTHY,
    /** The check says that the slot is not healthy, or gives no answer in time. */
    UNHEALTHY,
    /** The check cannot be started or was interrupted, which says nothing about the slot. */
    UNDETERMINED
  }

  /** The result of a healthy slot. */
  public static final HealthResult HEALTHY = new HealthResult(Outcome.HEALTHY, "");

  /** Returns the result of a slot that is not healthy. */
  public static HealthResult unhealthy(String problem) {
    return new HealthResult(Outcome.UNHEALTHY, problem);
  }

  /** Returns the result of a check that says nothing about the slot. */
  public static HealthResult undetermined(String problem) {
    return new HealthResult(Outcome.UNDETERMINED, problem);
  }
}
