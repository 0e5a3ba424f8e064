package io.kubesolo.update.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Option;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReconciliationTest {
  /** from_version is v1 and to_version is v2; v9 is neither. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      IDLE        | v1 | false |
      IDLE        | v1 | true  |
      IDLE        | v2 | false |
      IDLE        | v2 | true  |
      IDLE        | v9 | false |
      IDLE        | v9 | true  |
      CHECKING    | v1 | false | cancel
      CHECKING    | v1 | true  | cancel
      CHECKING    | v2 | false | cancel
      CHECKING    | v2 | true  | cancel
      CHECKING    | v9 | false | cancel
      CHECKING    | v9 | true  | cancel
      DOWNLOADING | v1 | false |
      DOWNLOADING | v1 | true  |
      DOWNLOADING | v2 | false |
      DOWNLOADING | v2 | true  |
      DOWNLOADING | v9 | false |
      DOWNLOADING | v9 | true  |
      STAGED      | v1 | false |
      STAGED      | v1 | true  |
      STAGED      | v2 | false | activate, verify v2
      STAGED      | v2 | true  | activate, verify v2
      STAGED      | v9 | false |
      STAGED      | v9 | true  |
      ACTIVATED   | v1 | false |
      ACTIVATED   | v1 | true  | rollback v1 runs instead of v2
      ACTIVATED   | v2 | false | verify v2
      ACTIVATED   | v2 | true  | verify v2
      ACTIVATED   | v9 | false |
      ACTIVATED   | v9 | true  | rollback v9 runs instead of v2
      VERIFYING   | v1 | false |
      VERIFYING   | v1 | true  | rollback v1 runs instead of v2
      VERIFYING   | v2 | false |
      VERIFYING   | v2 | true  |
      VERIFYING   | v9 | false |
      VERIFYING   | v9 | true  | rollback v9 runs instead of v2
      SUCCESS     | v1 | false |
      SUCCESS     | v1 | true  | rollback v1 runs instead of v2
      SUCCESS     | v2 | false |
      SUCCESS     | v2 | true  |
      SUCCESS     | v9 | false |
      SUCCESS     | v9 | true  |
      ROLLED_BACK | v1 | false |
      ROLLED_BACK | v1 | true  |
      ROLLED_BACK | v2 | false |
      ROLLED_BACK | v2 | true  |
      ROLLED_BACK | v9 | false |
      ROLLED_BACK | v9 | true  |
      FAILED      | v1 | false |
      FAILED      | v1 | true  |
      FAILED      | v2 | false |
      FAILED      | v2 | true  |
      FAILED      | v9 | false |
      FAILED      | v9 | true  |
      """)
  void reconcilesEachCellOfTheTable(
      Phase phase, String running, boolean rebooted, String expected) {
    assertThat(inWords(SampleStates.in(phase), running, rebooted))
        .isEqualTo(expected == null ? "" : expected);
  }

  /** The Go agent never changed from_version, so after a downgrade it may equal to_version. */
  @Test
  void successOnTheTargetIsNoFallbackEvenIfFromVersionEqualsIt() {
    UpdateState ofTheGoAgent = SampleStates.in(Phase.SUCCESS).toBuilder()
        .fromVersion(Option.some("v2"))
        .toVersion(Option.some("v2"))
        .attemptCount(1)
        .build();

    assertThat(inWords(ofTheGoAgent, "v2", true)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "STAGED, ''",
    "ACTIVATED, rollback v2 runs instead of an unknown target",
    "VERIFYING, rollback v2 runs instead of an unknown target",
    "SUCCESS, ''"
  })
  void noVersionRunsATargetThatIsNotRecorded(Phase phase, String expected) {
    assertThat(inWords(SampleStates.withoutTarget(phase), "v2", true)).isEqualTo(expected);
    assertThat(inWords(SampleStates.withoutTarget(phase), "v2", false)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void rejectsABlankRunningVersionInEveryPhase(Phase phase) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Reconciliation.events(SampleStates.in(phase), " ", false));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void acceptsTheLongestVersions(boolean rebooted) {
    String longest = "v".repeat(255);
    UpdateState state = SampleStates.in(Phase.ACTIVATED).toBuilder()
        .fromVersion(Option.some("v1"))
        .toVersion(Option.some("w".repeat(9000)))
        .attemptCount(1)
        .build();

    assertThat(Reconciliation.events(state, longest, rebooted)).hasSize(rebooted ? 1 : 0);
  }

  @Test
  void theSameBootIdMeansNoReboot() {
    UpdateState state = SampleStates.in(Phase.STAGED);

    assertThat(Reconciliation.rebooted(state, boot("boot-1", 0))).isFalse();
    assertThat(Reconciliation.rebooted(state, boot("boot-1", 9999))).isFalse();
  }

  @Test
  void anotherOrUnknownBootIdMeansAReboot() {
    UpdateState state = SampleStates.in(Phase.STAGED);
    UpdateState unknown = state.toBuilder().boot(Option.none()).build();

    assertThat(Reconciliation.rebooted(state, boot("boot-2", 60))).isTrue();
    assertThat(Reconciliation.rebooted(state, boot("BOOT-1", 60))).isTrue();
    assertThat(Reconciliation.rebooted(state, Option.none())).isTrue();
    assertThat(Reconciliation.rebooted(unknown, boot("boot-1", 60))).isTrue();
    assertThat(Reconciliation.rebooted(unknown, Option.none())).isTrue();
  }

  private static String inWords(UpdateState state, String running, boolean rebooted) {
    return String.join(
        ", ",
        Reconciliation.events(state, running, rebooted).stream()
            .map(ReconciliationTest::inWords)
            .toList());
  }

  private static String inWords(UpdateEvent event) {
    if (event instanceof UpdateEvent.Verify verify) {
      return "verify " + verify.runningVersion();
    }
    return event instanceof UpdateEvent.Rollback rollback
        ? "rollback " + rollback.error()
        : event.type().wireName();
  }

  private static Option<Boot> boot(String id, long seconds) {
    return Option.some(new Boot(id, Duration.ofSeconds(seconds)));
  }
}
