package io.kubesolo.update.core.testing;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;

/** States and events to start a test from. */
public final class SampleStates {
  /** The time of the last event of each sample state. */
  public static final Instant THEN = ManualClock.START;

  /** A later time, with nanoseconds. */
  public static final Instant NOW = Instant.parse("2026-05-01T11:30:00.123456789Z");

  /** A later moment in the boot of the sample states. */
  public static final Boot BOOT = new Boot("boot-1", Duration.ofMinutes(10));

  /** The context of an event at {@link #NOW} and {@link #BOOT}, with three attempts allowed. */
  public static final EventContext CONTEXT = new EventContext(NOW, Option.some(BOOT), 3);

  private SampleStates() {}

  /**
   * Returns the first attempt to update from v1 to v2, at revision 7, without a history. Its last
   * event was one minute after the start of boot-1.
   *
   * @param phase the phase of the state
   * @return a state that violates no invariant
   */
  public static UpdateState in(Phase phase) {
    boolean failed = phase == Phase.FAILED || phase == Phase.ROLLED_BACK;
    return UpdateState.builder()
        .phase(phase)
        .fromVersion(Option.some("v1"))
        .toVersion(Option.some("v2"))
        .startedAt(Option.some(THEN))
        .updatedAt(Option.some(THEN))
        .lastError(Option.when(failed, "it broke"))
        .attemptCount(1)
        .revision(7)
        .boot(Option.some(new Boot("boot-1", Duration.ofMinutes(1))))
        .build();
  }

  /**
   * Returns a state with neither a target nor an error, which violates an invariant in each phase
   * that needs one.
   *
   * @param phase the phase of the state
   * @return a state as another program might have written it
   */
  public static UpdateState withoutTarget(Phase phase) {
    return UpdateState.fresh(THEN).toBuilder().phase(phase).revision(7).build();
  }

  /**
   * Returns an event that passes every guard in each state of {@link #in}.
   *
   * @param type the type of the event
   * @return an event that takes v3 on, runs v1 (v2 for verify), or reports an error
   */
  public static UpdateEvent event(EventType type) {
    String running = type == EventType.VERIFY ? "v2" : "v1";
    Values values =
        new Values(Option.some("v3"), Option.some(running), Option.some("no more"), false);
    return UpdateEvent.of(type, values).get();
  }
}
