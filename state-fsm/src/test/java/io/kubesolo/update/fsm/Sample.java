package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.List;

/** States and events to start a test from. */
public final class Sample {
  public static final EventContext CONTEXT =
      new EventContext(World.START, Option.some(new Boot("boot-1", Duration.ofMinutes(1))), 3);

  private Sample() {}

  /** An attempt from v1 at v2, its first, standing in a phase. */
  public static UpdateState in(Phase phase) {
    return in(phase, 1, List.of());
  }

  public static UpdateState in(Phase phase, long attempts, List<String> rolledBack) {
    boolean failed = phase == Phase.FAILED || phase == Phase.ROLLED_BACK;
    return UpdateState.builder()
        .phase(phase)
        .fromVersion(Option.some("v1"))
        .toVersion(Option.some("v2"))
        .startedAt(Option.some(World.START.minusSeconds(60)))
        .updatedAt(Option.some(World.START.minusSeconds(30)))
        .lastError(Option.when(failed, "it broke"))
        .attemptCount(attempts)
        .revision(7)
        .boot(Option.some(new Boot("boot-1", Duration.ofSeconds(30))))
        .rolledBackVersions(rolledBack)
        .build();
  }

  /** An event of a type that every guard lets pass, in each state above. */
  public static UpdateEvent event(EventType type) {
    String running = type == EventType.VERIFY ? "v2" : "v1";
    Values values =
        new Values(Option.some("v3"), Option.some(running), Option.some("no more"), false);
    return UpdateEvent.of(type, values).get();
  }
}
