package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.TableEngine;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/**
 * Asks a contender every event that a few versions allow, in every state that our table reaches from
 * a fresh one. States that differ only in what no decision depends on count as one: times, history,
 * revision, and by how much the attempts are above their limit.
 */
final class Walk {
  /** The world that stands still around a walk. */
  static final EventContext CONTEXT =
      new EventContext(Instant.parse("2026-01-02T03:04:05Z"), Option.none(), 2);

  private final TableEngine table = new TableEngine();
  private final Set<List<Object>> seen = new HashSet<>();
  private final Queue<UpdateState> queue = new ArrayDeque<>();
  private final List<UpdateEvent> events;
  private int answers;

  private Walk(List<String> versions) {
    events = events(versions);
  }

  /**
   * Compares every answer with our table's.
   *
   * @param contender what is asked
   * @param versions how many versions there are
   * @return how many answers were compared
   * @throws IllegalStateException at the first answer that differs
   */
  static int check(Contender contender, int versions) {
    Walk walk = new Walk(List.of("v1", "v2", "v3").subList(0, versions));
    walk.reach(UpdateState.fresh(CONTEXT.now()));
    while (!walk.queue.isEmpty()) {
      walk.askAll(contender, walk.queue.remove());
    }
    return walk.answers;
  }

  private void askAll(Contender contender, UpdateState state) {
    for (UpdateEvent event : events) {
      Either<Rejection, UpdateState> expected = table.decide(state, event, CONTEXT);
      Either<Rejection, UpdateState> answer = contender.decide(state, event, CONTEXT);
      if (!answer.equals(expected)) {
        throw new IllegalStateException("%s answers %s to %s in %s, and the table %s"
            .formatted(contender, answer, event, state, expected));
      }
      answers++;
      expected.forEach(this::reach);
    }
  }

  private void reach(UpdateState state) {
    boolean isNew = seen.add(List.of(
        state.phase(),
        state.fromVersion(),
        state.toVersion(),
        state.lastError(),
        Math.min(state.attemptCount(), CONTEXT.maxAttempts() + 1),
        state.rolledBackVersions()));
    if (isNew) {
      queue.add(state);
    }
  }

  private static List<UpdateEvent> events(List<String> versions) {
    List<UpdateEvent> events = new ArrayList<>(List.of(
        new UpdateEvent.Check(),
        new UpdateEvent.NoUpdate(),
        new UpdateEvent.Stage(),
        new UpdateEvent.Activate(),
        new UpdateEvent.Confirm(),
        new UpdateEvent.Fail("failed"),
        new UpdateEvent.Rollback("rolled back"),
        new UpdateEvent.Cancel(),
        new UpdateEvent.Acknowledge()));
    for (String running : versions) {
      events.add(new UpdateEvent.Verify(running));
      for (String target : versions) {
        events.add(new UpdateEvent.Download(target, running, false));
        events.add(new UpdateEvent.Download(target, running, true));
      }
    }
    return events;
  }
}
