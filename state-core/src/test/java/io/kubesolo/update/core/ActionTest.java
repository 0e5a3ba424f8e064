package io.kubesolo.update.core;

import static io.kubesolo.update.core.Action.CLEAR_ERROR;
import static io.kubesolo.update.core.Action.FORGET_ROLLBACK;
import static io.kubesolo.update.core.Action.RECORD_ERROR;
import static io.kubesolo.update.core.Action.REMEMBER_ROLLBACK;
import static io.kubesolo.update.core.Action.RESET_ATTEMPTS;
import static io.kubesolo.update.core.Action.START_ATTEMPT;
import static io.kubesolo.update.core.Action.TAKE_TARGET;
import static io.kubesolo.update.core.testing.SampleStates.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Option;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActionTest {
  private static final UpdateState FAILED = SampleStates.in(Phase.FAILED);
  private static final UpdateState VERIFYING = SampleStates.in(Phase.VERIFYING);

  @Test
  void startAttemptSetsOnlyStartedAt() {
    UpdateState started = START_ATTEMPT.apply(FAILED, new Check(), NOW);

    assertThat(started.startedAt()).containsExactly(NOW);
    assertThat(started.toBuilder().startedAt(Option.some(SampleStates.THEN)).build())
        .isEqualTo(FAILED);
  }

  @ParameterizedTest
  @CsvSource({"v2, 0, 1", "v2, 1, 2", "v2, 41, 42", "v3, 41, 1", "v3, 0, 1"})
  void takeTargetCountsTheAttempt(String target, long before, long after) {
    UpdateState taken = TAKE_TARGET.apply(
        FAILED.toBuilder().attemptCount(before).build(), new Download(target, "v1.9"), NOW);

    assertThat(taken)
        .isEqualTo(FAILED.toBuilder()
            .fromVersion(Option.some("v1.9"))
            .toVersion(Option.some(target))
            .attemptCount(after)
            .build());
    assertThat(taken.attemptCount()).isEqualTo(after);
    assertThat(taken.toVersion()).containsExactly(target);
    assertThat(taken.fromVersion()).containsExactly("v1.9");
  }

  @Test
  void takeTargetCountsFromOneIfNoTargetWasRecorded() {
    UpdateState stray =
        SampleStates.withoutTarget(Phase.IDLE).toBuilder().attemptCount(5).build();

    assertThat(TAKE_TARGET.apply(stray, new Download("v2", "v1"), NOW).attemptCount())
        .isOne();
  }

  @ParameterizedTest
  @CsvSource({
    "9223372036854775805, 9223372036854775806",
    "9223372036854775806, 9223372036854775807",
    "9223372036854775807, 9223372036854775807"
  })
  void theCountSaturatesAt64Bits(long before, long after) {
    UpdateState state = FAILED.toBuilder().attemptCount(before).build();

    assertThat(TAKE_TARGET.apply(state, new Download("v2", "v1", true), NOW).attemptCount())
        .isEqualTo(after);
  }

  @Test
  void takeTargetKeepsTheErrorOfTheAttemptBefore() {
    assertThat(TAKE_TARGET.apply(FAILED, new Download("v3", "v1"), NOW).lastError())
        .containsExactly("it broke");
  }

  @Test
  void recordErrorTakesTheEventsMessage() {
    assertThat(RECORD_ERROR.apply(VERIFYING, new Fail("no space"), NOW))
        .isEqualTo(VERIFYING.toBuilder().lastError(Option.some("no space")).build());
    assertThat(RECORD_ERROR.apply(FAILED, new Rollback("unhealthy"), NOW))
        .isEqualTo(FAILED.toBuilder().lastError(Option.some("unhealthy")).build());
  }

  @Test
  void clearErrorClearsOnlyTheError() {
    UpdateState cleared = CLEAR_ERROR.apply(FAILED, new Confirm(), NOW);

    assertThat(cleared.lastError()).isEmpty();
    assertThat(cleared.toBuilder().lastError(FAILED.lastError()).build()).isEqualTo(FAILED);
  }

  @Test
  void resetAttemptsSetsOnlyTheCountToZero() {
    UpdateState reset = RESET_ATTEMPTS.apply(VERIFYING, new Confirm(), NOW);

    assertThat(reset.attemptCount()).isZero();
    assertThat(reset.toBuilder().attemptCount(1).build()).isEqualTo(VERIFYING);
  }

  @Test
  void rememberRollbackAppendsTheTarget() {
    assertThat(remembered(List.of())).containsExactly("v2");
    assertThat(remembered(List.of("v8", "v9"))).containsExactly("v8", "v9", "v2");
  }

  @Test
  void rememberRollbackKeepsNoDuplicates() {
    assertThat(remembered(List.of("v2", "v9"))).containsExactly("v9", "v2");
    assertThat(remembered(List.of("v2", "v9", "v2"))).containsExactly("v9", "v2");
  }

  @Test
  void rememberRollbackRemovesTheDuplicatesOfOtherVersionsThatAnotherProgramWrote() {
    assertThat(remembered(List.of("v1", "v1", "v3"))).containsExactly("v1", "v3", "v2");
    assertThat(remembered(List.of("v1", "v3", "v1"))).containsExactly("v3", "v1", "v2");
    assertThat(remembered(List.of("a", "b", "c", "d", "e", "f", "f", "f", "f")))
        .containsExactly("a", "b", "c", "d", "e", "f", "v2");
  }

  @Test
  void rememberRollbackKeepsTheLastEight() {
    assertThat(remembered(List.of("a", "b", "c", "d", "e", "f", "g")))
        .containsExactly("a", "b", "c", "d", "e", "f", "g", "v2");
    assertThat(remembered(List.of("a", "b", "c", "d", "e", "f", "g", "h")))
        .containsExactly("b", "c", "d", "e", "f", "g", "h", "v2");
    assertThat(remembered(List.of("a", "b", "c", "v2", "d", "e", "f", "g")))
        .containsExactly("a", "b", "c", "d", "e", "f", "g", "v2");
    assertThat(remembered(List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k")))
        .containsExactly("e", "f", "g", "h", "i", "j", "k", "v2");
  }

  @Test
  void rememberRollbackChangesNothingIfTheVersionMayBeInstalledAgain() {
    UpdateState state =
        VERIFYING.toBuilder().rolledBackVersions(List.of("v2", "v9")).build();

    assertThat(REMEMBER_ROLLBACK.apply(state, new Rollback("x", true), NOW)).isEqualTo(state);
  }

  @Test
  void rememberRollbackChangesNothingIfThereIsNoTarget() {
    UpdateState broken = SampleStates.withoutTarget(Phase.ACTIVATED).toBuilder()
        .rolledBackVersions(List.of("v9"))
        .build();

    assertThat(REMEMBER_ROLLBACK.apply(broken, new Rollback("x"), NOW)).isEqualTo(broken);
  }

  @Test
  void forgetRollbackRemovesTheTarget() {
    UpdateState state =
        VERIFYING.toBuilder().rolledBackVersions(List.of("v8", "v2", "v9")).build();

    assertThat(FORGET_ROLLBACK.apply(state, new Confirm(), NOW))
        .isEqualTo(VERIFYING.toBuilder().rolledBackVersions(List.of("v8", "v9")).build());
  }

  @Test
  void anActionThatHasNothingToChangeChangesNothing() {
    UpdateState others =
        VERIFYING.toBuilder().rolledBackVersions(List.of("v8", "v9")).build();

    assertThat(FORGET_ROLLBACK.apply(others, new Confirm(), NOW)).isEqualTo(others);
    assertThat(CLEAR_ERROR.apply(VERIFYING, new Confirm(), NOW)).isEqualTo(VERIFYING);
  }

  @Test
  void takeTargetThrowsOnAnEventWithoutATarget() {
    assertThatThrownBy(() -> TAKE_TARGET.apply(FAILED, new Check(), NOW))
        .isInstanceOf(ClassCastException.class);
  }

  @Test
  void recordErrorThrowsOnAnEventWithoutAnError() {
    assertThatThrownBy(() -> RECORD_ERROR.apply(FAILED, new Check(), NOW))
        .isInstanceOf(RuntimeException.class);
  }

  private static List<String> remembered(List<String> before) {
    UpdateState state = VERIFYING.toBuilder().rolledBackVersions(before).build();
    return REMEMBER_ROLLBACK.apply(state, new Rollback("unhealthy"), NOW).rolledBackVersions();
  }
}
