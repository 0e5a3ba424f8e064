package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardCombinationsTest {
  /**
   * Lists on the left what is true, and on the right the guards that are false, in order. The
   * recorded target is v2.
   */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      v3 | v1 | false |    | 3 |
      v3 | v3 | false |    | 3 | newTarget
      v3 | v1 | false | v3 | 3 | notRolledBack
      v3 | v3 | false | v3 | 3 | newTarget notRolledBack
      v3 | v3 | true  | v3 | 3 | newTarget
      v3 | v1 | true  | v3 | 3 |
      v2 | v1 | false |    | 2 |
      v2 | v1 | false |    | 3 | attemptsLeft
      v2 | v1 | false |    | 4 | attemptsLeft
      v2 | v1 | true  |    | 3 |
      v2 | v2 | false |    | 2 | newTarget
      v2 | v2 | false |    | 3 | newTarget attemptsLeft
      v2 | v2 | true  |    | 3 | newTarget
      v2 | v1 | false | v2 | 2 | notRolledBack
      v2 | v1 | false | v2 | 3 | notRolledBack attemptsLeft
      v2 | v2 | false | v2 | 2 | newTarget notRolledBack
      v2 | v2 | false | v2 | 3 | newTarget notRolledBack attemptsLeft
      v2 | v2 | true  | v2 | 3 | newTarget
      v2 | v1 | true  | v2 | 3 |
      """)
  void takesATargetOnIfAllGuardsHold(
      String target,
      String running,
      boolean force,
      String rolledBack,
      long attempts,
      String denials) {
    List<Phase> phases = List.of(
        Phase.IDLE,
        Phase.CHECKING,
        Phase.DOWNLOADING,
        Phase.SUCCESS,
        Phase.ROLLED_BACK,
        Phase.FAILED);
    for (Phase phase : phases) {
      UpdateState state = SampleStates.in(phase).toBuilder()
          .attemptCount(attempts)
          .rolledBackVersions(list(rolledBack))
          .build();
      assertGuards(state, new Download(target, running, force), denials);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      v3 | v1 | false |    |
      v3 | v3 | false |    | newTarget
      v3 | v1 | false | v3 | notRolledBack
      v3 | v1 | true  | v3 |
      v3 | v3 | false | v3 | newTarget notRolledBack
      v2 | v1 | false |    | supersedes
      v2 | v1 | true  |    | supersedes
      v2 | v2 | false |    | newTarget supersedes
      v2 | v1 | false | v2 | supersedes notRolledBack
      v2 | v1 | true  | v2 | supersedes
      v2 | v2 | false | v2 | newTarget supersedes notRolledBack
      v2 | v2 | true  | v2 | newTarget supersedes
      """)
  void supersedesTheStagedVersionIfAllGuardsHold(
      String target, String running, boolean force, String rolledBack, String denials) {
    UpdateState state = SampleStates.in(Phase.STAGED).toBuilder()
        .attemptCount(99)
        .rolledBackVersions(list(rolledBack))
        .build();

    assertGuards(state, new Download(target, running, force), denials);
  }

  @ParameterizedTest
  @CsvSource({"v2,", "v1, runningTarget", "v3, runningTarget"})
  void verifiesTheTargetOnly(String running, String denials) {
    UpdateState state = SampleStates.in(Phase.ACTIVATED);
    for (Engine engine : Engine.values()) {
      assertThat(guards(engine.get().decide(state, new Verify(running), SampleStates.CONTEXT)))
          .isEqualTo(denials == null ? "" : denials);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 9223372036854775807,",
    "1, 0,",
    "1, 1, attemptsLeft",
    "9223372036854775807, 9223372036854775806,",
    "9223372036854775807, 9223372036854775807, attemptsLeft"
  })
  void allowsAsManyAttemptsAsAreSet(long max, long made, String denials) {
    EventContext context = new EventContext(ManualClock.START, Option.none(), max);
    UpdateState state =
        SampleStates.in(Phase.FAILED).toBuilder().attemptCount(made).build();
    for (Engine engine : Engine.values()) {
      Either<Rejection, UpdateState> answer =
          engine.get().decide(state, new Download("v2", "v1"), context);
      assertThat(guards(answer)).isEqualTo(denials == null ? "" : denials);
    }
  }

  private static void assertGuards(UpdateState state, Download event, String denials) {
    for (Engine engine : Engine.values()) {
      assertThat(guards(engine.get().decide(state, event, SampleStates.CONTEXT)))
          .as("%s in %s", event, state.phase())
          .isEqualTo(denials == null ? "" : denials);
    }
  }

  private static String guards(Either<Rejection, UpdateState> answer) {
    return answer.fold(
        rejection -> String.join(
            " ",
            ((GuardDenied) rejection).guards().stream().map(Guard::ruleName).toList()),
        state -> "");
  }

  private static List<String> list(String version) {
    return version == null ? List.of() : List.of(version);
  }
}
