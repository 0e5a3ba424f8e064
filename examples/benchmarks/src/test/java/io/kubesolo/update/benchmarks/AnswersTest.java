package io.kubesolo.update.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.TableEngine;
import io.vavr.control.Either;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnswersTest {
  @ParameterizedTest
  @EnumSource
  void givesTheAnswersOfTheTable(Contender contender) {
    int answers = Walk.check(contender.make());

    System.out.printf("%s: %d answers, all those of the table%n", contender, answers);
    assertThat(answers).isPositive();
  }

  @Test
  void findsOneWrongAnswerAmongAll() {
    TableEngine table = new TableEngine();
    Contender.Decider wrong = (state, event, context) -> event instanceof Confirm
        ? Either.right(UpdateState.fresh(Instant.EPOCH))
        : table.decide(state, event, context);

    assertThatIllegalStateException()
        .isThrownBy(() -> Walk.check(wrong))
        .withMessageContaining("Confirm[]");
  }
}
