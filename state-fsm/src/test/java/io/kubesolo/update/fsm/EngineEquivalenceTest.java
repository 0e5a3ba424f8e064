package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Activate;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Both engines, asked every event in every state that can be reached with a few versions. */
class EngineEquivalenceTest {
  private static final List<String> VERSIONS = List.of("v1", "v2", "v3");
  private static final EventContext CONTEXT = new EventContext(
      Instant.parse("2026-01-02T03:04:05Z"),
      Option.some(new Boot("boot", Duration.ofSeconds(7))),
      2);

  private final SpringEngine spring = new SpringEngine();
  private final TableEngine table = new TableEngine();

  @Test
  void givesTheSameAnswerInEveryReachableState() {
    Set<Object> seen = new HashSet<>();
    Queue<UpdateState> queue = new ArrayDeque<>();
    visit(UpdateState.fresh(CONTEXT.now()), seen, queue);
    int answers = 0;
    while (!queue.isEmpty()) {
      UpdateState state = queue.remove();
      for (UpdateEvent event : events()) {
        Either<Rejection, UpdateState> answer = spring.decide(state, event, CONTEXT);
        Either<Rejection, UpdateState> other = table.decide(state, event, CONTEXT);
        assertThat(other.equals(answer))
            .as("%s, %s: %s, %s", state, event, answer, other)
            .isTrue();
        answer.forEach(next -> visit(next, seen, queue));
        answers++;
      }
    }
    System.out.printf("%d states, %d answers, the same from both engines%n", seen.size(), answers);
    assertThat(phases(seen)).isEqualTo(EnumSet.allOf(Phase.class));
  }

  @Test
  void runsTheTableThatTheConfigDeclares() {
    assertThat(table.table().edges()).isEqualTo(spring.table().edges()).hasSize(24);
  }

  private static void visit(UpdateState state, Set<Object> seen, Queue<UpdateState> queue) {
    List<Object> abstracted = List.of(
        state.phase(),
        state.fromVersion(),
        state.toVersion(),
        state.lastError(),
        Math.min(state.attemptCount(), CONTEXT.maxAttempts() + 1),
        state.rolledBackVersions());
    if (seen.add(abstracted)) {
      queue.add(state.withHistory(List.of()));
    }
  }

  private static Set<Phase> phases(Set<Object> seen) {
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    seen.forEach(state -> phases.add((Phase) ((List<?>) state).get(0)));
    return phases;
  }

  private static List<UpdateEvent> events() {
    List<UpdateEvent> events = new ArrayList<>(List.of(
        new Check(),
        new NoUpdate(),
        new Stage(),
        new Activate(),
        new Confirm(),
        new Fail("failed"),
        new Rollback("rolled back"),
        new Cancel(),
        new Acknowledge()));
    for (String version : VERSIONS) {
      events.add(new Verify(version));
      for (String running : VERSIONS) {
        events.add(new Download(version, running, false));
        events.add(new Download(version, running, true));
      }
    }
    return events;
  }
}
