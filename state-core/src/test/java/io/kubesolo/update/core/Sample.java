package io.kubesolo.update.core;

import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** States that keep every promise, to start a test from. */
final class Sample {
  static final Instant THEN = Instant.parse("2026-05-01T10:00:00Z");
  static final Instant NOW = Instant.parse("2026-05-01T11:30:00.123456789Z");
  static final Boot BOOT = new Boot("boot-1", Duration.ofMinutes(10));
  static final EventContext CONTEXT = new EventContext(NOW, Option.some(BOOT), 3);

  private Sample() {}

  /** An attempt from v1 at v2, its first, standing in a phase. */
  static UpdateState in(Phase phase) {
    boolean failed = phase == Phase.FAILED || phase == Phase.ROLLED_BACK;
    return new UpdateState(
        phase,
        Option.some("v1"),
        Option.some("v2"),
        Option.some(THEN),
        Option.some(THEN),
        Option.when(failed, "it broke"),
        1,
        7,
        Option.some(new Boot("boot-1", Duration.ofMinutes(1))),
        List.of(),
        List.of());
  }

  static UpdateState withoutTarget(Phase phase) {
    return new UpdateState(
        phase,
        Option.none(),
        Option.none(),
        Option.none(),
        Option.some(THEN),
        Option.none(),
        0,
        7,
        Option.none(),
        List.of(),
        List.of());
  }

  static UpdateState withBoot(UpdateState state, Option<Boot> boot) {
    return new UpdateState(
        state.phase(),
        state.fromVersion(),
        state.toVersion(),
        state.startedAt(),
        state.updatedAt(),
        state.lastError(),
        state.attemptCount(),
        state.revision(),
        boot,
        state.rolledBackVersions(),
        state.history());
  }

  static UpdateState withRevision(UpdateState state, long revision) {
    return new UpdateState(
        state.phase(),
        state.fromVersion(),
        state.toVersion(),
        state.startedAt(),
        state.updatedAt(),
        state.lastError(),
        state.attemptCount(),
        revision,
        state.boot(),
        state.rolledBackVersions(),
        state.history());
  }
}
