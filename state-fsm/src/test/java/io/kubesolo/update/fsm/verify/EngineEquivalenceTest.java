package io.kubesolo.update.fsm.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.Difference;
import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.verify.Exploration.Step;
import io.vavr.control.Either;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sends every event in every state that can be reached with three versions to both engines. */
class EngineEquivalenceTest {
  private final SpringEngine spring = new SpringEngine();
  private final TableEngine table = new TableEngine();
  private int answers;

  @Test
  void givesTheSameAnswerInEveryReachableState() {
    Exploration exploration = Exploration.of(this::askBoth);

    System.out.printf(
        "%d states, %d answers, the same from both engines%n",
        exploration.states().size(), answers);
    assertThat(exploration.states().stream().map(UpdateState::phase).distinct())
        .containsExactlyInAnyOrder(Phase.values());
    assertThat(answers)
        .isEqualTo(exploration.states().size() * Exploration.events().size());
  }

  @Test
  void runsTheTableThatTheConfigDeclares() {
    assertThat(Difference.between(table.table().edges(), spring.table().edges()))
        .isEmpty();
  }

  private List<Step> askBoth(UpdateState state, UpdateEvent event) {
    Either<Rejection, UpdateState> answer = spring.decide(state, event, Exploration.CONTEXT);
    Either<Rejection, UpdateState> other = table.decide(state, event, Exploration.CONTEXT);
    assertThat(other.equals(answer))
        .as("%s, %s: %s, %s", state, event, answer, other)
        .isTrue();
    answers++;
    return Exploration.step(table.table(), state, event, answer);
  }
}
