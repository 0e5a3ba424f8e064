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
  private static final int STATES = 4101;
  private static final int EVENTS = 30;

  @ParameterizedTest
  @EnumSource
  void givesTheAnswerOfTheTableInEveryReachableState(Contenders contender) {
    assertThat(Walk.check(contender.make(), 3)).isEqualTo(STATES * EVENTS);
  }

  @Test
  void findsOneWrongAnswerAmongAll() {
    TableEngine table = new TableEngine();
    Contender wrong = (state, event, context) -> event instanceof Confirm
        ? Either.right(UpdateState.fresh(Instant.EPOCH))
        : table.decide(state, event, context);

    assertThatIllegalStateException()
        .isThrownBy(() -> Walk.check(wrong, 2))
        .withMessageContaining("Confirm[]");
  }
}
