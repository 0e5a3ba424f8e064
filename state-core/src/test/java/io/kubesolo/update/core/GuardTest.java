package io.kubesolo.update.core;

import static io.kubesolo.update.core.Guard.ATTEMPTS_LEFT;
import static io.kubesolo.update.core.Guard.NEW_TARGET;
import static io.kubesolo.update.core.Guard.NOT_ROLLED_BACK;
import static io.kubesolo.update.core.Guard.RUNNING_TARGET;
import static io.kubesolo.update.core.Guard.SUPERSEDES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.testing.SampleStates;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GuardTest {
  private static final UpdateState STAGED = SampleStates.in(Phase.STAGED);
  private static final UpdateState FRESH = SampleStates.withoutTarget(Phase.IDLE);

  @ParameterizedTest
  @CsvSource({"v2, v1, true", "v1, v2, true", "v1, v1, false", "v1, V1, true", "'v1 ', v1, true"})
  void newTargetDiffersFromTheRunningVersion(String target, String running, boolean holds) {
    assertThat(NEW_TARGET.holds(FRESH, new Download(target, running), 3)).isEqualTo(holds);
  }

  @Test
  void newTargetCannotBeForced() {
    assertThat(NEW_TARGET.holds(FRESH, new Download("v1", "v1", true), 3)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"v2, false, false", "v2, true, false", "v3, false, true", "'v2 ', false, true"})
  void supersedesCannotBeForced(String target, boolean force, boolean holds) {
    assertThat(SUPERSEDES.holds(STAGED, new Download(target, "v1", force), 3)).isEqualTo(holds);
  }

  @Test
  void supersedesHoldsIfNoTargetIsRecorded() {
    UpdateState broken = SampleStates.withoutTarget(Phase.STAGED);

    assertThat(SUPERSEDES.holds(broken, new Download("v2", "v1"), 3)).isTrue();
    assertThat(SUPERSEDES.requirement(broken, 3)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"v2, false, false", "v2, true, true", "v3, false, false", "v4, false, true"})
  void notRolledBackFailsForARolledBackVersionUnlessForced(
      String target, boolean force, boolean holds) {
    UpdateState state =
        FRESH.toBuilder().rolledBackVersions(List.of("v2", "v3")).build();

    assertThat(NOT_ROLLED_BACK.holds(state, new Download(target, "v1", force), 3))
        .isEqualTo(holds);
  }

  @ParameterizedTest
  @CsvSource({
    "v2, false, 2, 3, true",
    "v2, false, 3, 3, false",
    "v2, false, 4, 3, false",
    "v2, true, 3, 3, true",
    "v3, false, 3, 3, true",
    "v2, false, 0, 1, true",
    "v2, false, 1, 1, false",
    "v2, false, 9223372036854775807, 0, true",
    "v2, false, 9223372036854775807, 9223372036854775807, false",
    "v2, false, 9223372036854775806, 9223372036854775807, true"
  })
  void attemptsLeftCountsOnlyAttemptsAtTheRecordedTarget(
      String target, boolean force, long made, long max, boolean holds) {
    UpdateState state =
        SampleStates.in(Phase.FAILED).toBuilder().attemptCount(made).build();

    assertThat(ATTEMPTS_LEFT.holds(state, new Download(target, "v1", force), max))
        .isEqualTo(holds);
  }

  @Test
  void attemptsLeftHoldsIfNoTargetIsRecorded() {
    UpdateState state = FRESH.toBuilder().attemptCount(99).build();

    assertThat(ATTEMPTS_LEFT.holds(state, new Download("v2", "v1"), 3)).isTrue();
    assertThat(ATTEMPTS_LEFT.requirement(state, 3)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"v2, true", "v1, false", "V2, false", "' v2', false"})
  void runningTargetComparesExactly(String running, boolean holds) {
    assertThat(RUNNING_TARGET.holds(SampleStates.in(Phase.ACTIVATED), new Verify(running), 3))
        .isEqualTo(holds);
  }

  @Test
  void runningTargetFailsIfNoTargetIsRecorded() {
    UpdateState broken = SampleStates.withoutTarget(Phase.ACTIVATED);

    assertThat(RUNNING_TARGET.holds(broken, new Verify("v2"), 3)).isFalse();
    assertThat(RUNNING_TARGET.requirement(broken, 3))
        .containsExactly("the running version must be the target, and there is none");
  }

  @ParameterizedTest
  @EnumSource
  void throwsOnAnEventWithoutTheValuesThatItReads(Guard guard) {
    assertThatThrownBy(() -> guard.holds(STAGED, new Check(), 3))
        .isInstanceOf(ClassCastException.class);
  }

  @Test
  void requirementsNameTheValuesOfTheState() {
    UpdateState state = STAGED.toBuilder()
        .rolledBackVersions(List.of("v8", "v9"))
        .attemptCount(3)
        .build();

    assertThat(NEW_TARGET.requirement(state, 3))
        .containsExactly("the target must differ from the running version");
    assertThat(SUPERSEDES.requirement(state, 3))
        .containsExactly("the target must differ from the staged v2");
    assertThat(NOT_ROLLED_BACK.requirement(state, 3))
        .containsExactly(
            "the target must not have been rolled back before (v8, v9), unless the event is forced");
    assertThat(ATTEMPTS_LEFT.requirement(state, 3))
        .containsExactly(
            "the target must differ from v2, whose attempts are used up (3 of 3), unless the event is forced");
    assertThat(ATTEMPTS_LEFT.requirement(state.toBuilder().attemptCount(4).build(), 3))
        .isEqualTo(ATTEMPTS_LEFT.requirement(state, 3));
    assertThat(RUNNING_TARGET.requirement(state, 3))
        .containsExactly("the running version must be v2");
  }

  @Test
  void hasNoRequirementIfEveryEventIsAccepted() {
    assertThat(NOT_ROLLED_BACK.requirement(STAGED, 3)).isEmpty();
    assertThat(ATTEMPTS_LEFT.requirement(STAGED, 3)).isEmpty();
    assertThat(ATTEMPTS_LEFT.requirement(STAGED.toBuilder().attemptCount(99).build(), 0))
        .isEmpty();
  }
}
