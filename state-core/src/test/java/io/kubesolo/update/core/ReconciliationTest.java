package io.kubesolo.update.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ReconciliationTest {
  /**
   * Lists phases, running versions, reboots and answers; from_version is v1, to_version is v2, and
   * v9 is neither.
   */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      IDLE        | v1 | NO      |
      IDLE        | v1 | UNKNOWN |
      IDLE        | v1 | YES     |
      IDLE        | v2 | NO      |
      IDLE        | v2 | UNKNOWN |
      IDLE        | v2 | YES     |
      IDLE        | v9 | NO      |
      IDLE        | v9 | UNKNOWN |
      IDLE        | v9 | YES     |
      CHECKING    | v1 | NO      | cancel
      CHECKING    | v1 | UNKNOWN | cancel
      CHECKING    | v1 | YES     | cancel
      CHECKING    | v2 | NO      | cancel
      CHECKING    | v2 | UNKNOWN | cancel
      CHECKING    | v2 | YES     | cancel
      CHECKING    | v9 | NO      | cancel
      CHECKING    | v9 | UNKNOWN | cancel
      CHECKING    | v9 | YES     | cancel
      DOWNLOADING | v1 | NO      |
      DOWNLOADING | v1 | UNKNOWN |
      DOWNLOADING | v1 | YES     |
      DOWNLOADING | v2 | NO      |
      DOWNLOADING | v2 | UNKNOWN |
      DOWNLOADING | v2 | YES     |
      DOWNLOADING | v9 | NO      |
      DOWNLOADING | v9 | UNKNOWN |
      DOWNLOADING | v9 | YES     |
      STAGED      | v1 | NO      |
      STAGED      | v1 | UNKNOWN |
      STAGED      | v1 | YES     |
      STAGED      | v2 | NO      | activate, verify v2
      STAGED      | v2 | UNKNOWN | activate, verify v2
      STAGED      | v2 | YES     | activate, verify v2
      STAGED      | v9 | NO      |
      STAGED      | v9 | UNKNOWN |
      STAGED      | v9 | YES     |
      ACTIVATED   | v1 | NO      |
      ACTIVATED   | v1 | UNKNOWN |
      ACTIVATED   | v1 | YES     | rollback v1 runs instead of v2
      ACTIVATED   | v2 | NO      | verify v2
      ACTIVATED   | v2 | UNKNOWN | verify v2
      ACTIVATED   | v2 | YES     | verify v2
      ACTIVATED   | v9 | NO      |
      ACTIVATED   | v9 | UNKNOWN |
      ACTIVATED   | v9 | YES     | rollback v9 runs instead of v2
      VERIFYING   | v1 | NO      | rollback v1 runs instead of v2
      VERIFYING   | v1 | UNKNOWN | rollback v1 runs instead of v2
      VERIFYING   | v1 | YES     | rollback v1 runs instead of v2
      VERIFYING   | v2 | NO      |
      VERIFYING   | v2 | UNKNOWN |
      VERIFYING   | v2 | YES     |
      VERIFYING   | v9 | NO      | rollback v9 runs instead of v2
      VERIFYING   | v9 | UNKNOWN | rollback v9 runs instead of v2
      VERIFYING   | v9 | YES     | rollback v9 runs instead of v2
      SUCCESS     | v1 | NO      | rollback with retry v1 runs instead of v2
      SUCCESS     | v1 | UNKNOWN | rollback with retry v1 runs instead of v2
      SUCCESS     | v1 | YES     | rollback with retry v1 runs instead of v2
      SUCCESS     | v2 | NO      |
      SUCCESS     | v2 | UNKNOWN |
      SUCCESS     | v2 | YES     |
      SUCCESS     | v9 | NO      | rollback with retry v9 runs instead of v2
      SUCCESS     | v9 | UNKNOWN | rollback with retry v9 runs instead of v2
      SUCCESS     | v9 | YES     | rollback with retry v9 runs instead of v2
      ROLLED_BACK | v1 | NO      |
      ROLLED_BACK | v1 | UNKNOWN |
      ROLLED_BACK | v1 | YES     |
      ROLLED_BACK | v2 | NO      |
      ROLLED_BACK | v2 | UNKNOWN |
      ROLLED_BACK | v2 | YES     |
      ROLLED_BACK | v9 | NO      |
      ROLLED_BACK | v9 | UNKNOWN |
      ROLLED_BACK | v9 | YES     |
      FAILED      | v1 | NO      |
      FAILED      | v1 | UNKNOWN |
      FAILED      | v1 | YES     |
      FAILED      | v2 | NO      |
      FAILED      | v2 | UNKNOWN |
      FAILED      | v2 | YES     |
      FAILED      | v9 | NO      |
      FAILED      | v9 | UNKNOWN |
      FAILED      | v9 | YES     |
      """)
  void reconcilesEachCellOfTheTable(
      Phase phase, String running, Rebooted rebooted, String expected) {
    assertThat(inWords(SampleStates.in(phase), running, rebooted))
        .isEqualTo(expected == null ? "" : expected);
  }

  /**
   * Allows one fall back of a version that passed its check: short power failures can cause one.
   */
  @Test
  void aSecondFallBackFromSuccessGivesTheVersionUp() {
    UpdateState first = SampleStates.in(Phase.SUCCESS);
    HistoryEntry ofTarget = rollback("success", "v2");

    assertThat(fallBack(history(first, List.of(ofTarget))))
        .isEqualTo("rollback v1 runs instead of v2");
    assertThat(fallBack(history(first, List.of(rollback("verifying", "v2")))))
        .isEqualTo("rollback with retry v1 runs instead of v2");
    assertThat(fallBack(history(first, List.of(rollback("success", "v3")))))
        .isEqualTo("rollback with retry v1 runs instead of v2");
    assertThat(fallBack(history(
            first,
            List.of(new HistoryEntry(
                SampleStates.NOW,
                "acknowledge",
                "success",
                "idle",
                Option.some("v2"),
                Option.none())))))
        .isEqualTo("rollback with retry v1 runs instead of v2");
  }

  private static UpdateState history(UpdateState state, List<HistoryEntry> entries) {
    return state.toBuilder().history(entries).build();
  }

  private static String fallBack(UpdateState state) {
    return inWords(state, "v1", Rebooted.NO);
  }

  private static HistoryEntry rollback(String from, String target) {
    return new HistoryEntry(
        SampleStates.NOW, "rollback", from, "rolled_back", Option.some(target), Option.some("x"));
  }

  @ParameterizedTest
  @EnumSource
  void warnsOnlyIfAnUnknownBootLeavesAnActivatedPhaseUndecided(Phase phase) {
    UpdateState state = SampleStates.in(phase);

    for (Rebooted rebooted : Rebooted.values()) {
      boolean warned = phase == Phase.ACTIVATED && rebooted == Rebooted.UNKNOWN;
      assertThat(Reconciliation.warning(state, "v1", rebooted).isDefined()).isEqualTo(warned);
      assertThat(Reconciliation.warning(state, "v2", rebooted)).isEmpty();
    }
  }

  @Test
  void theWarningSaysWhatIsNotRolledBack() {
    assertThat(Reconciliation.warning(SampleStates.in(Phase.ACTIVATED), "v1", Rebooted.UNKNOWN))
        .containsExactly(
            "it is unknown whether the device booted since activate, so v2 is not rolled"
                + " back although v1 runs");
    assertThat(Reconciliation.warning(
            SampleStates.withoutTarget(Phase.ACTIVATED), "v1", Rebooted.UNKNOWN))
        .containsExactly("it is unknown whether the device booted since activate, so the target is"
            + " not rolled back although v1 runs");
  }

  /**
   * Uses a state of the seed, which wrote from_version only once: after a downgrade it may equal
   * to_version.
   */
  @Test
  void successOnTheTargetIsNoFallbackEvenIfFromVersionEqualsIt() {
    UpdateState ofTheGoAgent = SampleStates.in(Phase.SUCCESS).toBuilder()
        .fromVersion(Option.some("v2"))
        .toVersion(Option.some("v2"))
        .attemptCount(1)
        .build();

    assertThat(inWords(ofTheGoAgent, "v2", Rebooted.YES)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "STAGED, '', ''",
    "ACTIVATED, '', rollback v2 runs instead of an unknown target",
    "VERIFYING, rollback v2 runs instead of an unknown target,"
        + " rollback v2 runs instead of an unknown target",
    "SUCCESS, '', ''"
  })
  void noVersionIsATargetThatIsNotRecorded(Phase phase, String sameBoot, String rebooted) {
    assertThat(inWords(SampleStates.withoutTarget(phase), "v2", Rebooted.NO)).isEqualTo(sameBoot);
    assertThat(inWords(SampleStates.withoutTarget(phase), "v2", Rebooted.YES)).isEqualTo(rebooted);
  }

  @ParameterizedTest
  @EnumSource
  void rejectsAnInvalidRunningVersionInEveryPhase(Phase phase) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Reconciliation.events(SampleStates.in(phase), " ", Rebooted.NO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Reconciliation.events(SampleStates.in(phase), "v\n1", Rebooted.NO));
  }

  @ParameterizedTest
  @EnumSource
  void theLongestVersionsAndOnesOfOldFilesStillMakeAnEvent(Rebooted rebooted) {
    String longest = "v".repeat(255);
    UpdateState state = SampleStates.in(Phase.VERIFYING).toBuilder()
        .toVersion(Option.some("w\n".repeat(9000)))
        .build();

    assertThat(Reconciliation.events(state, longest, rebooted)).hasSize(1);
  }

  @Test
  void theSameBootIdAndALaterUptimeIsNoReboot() {
    assertThat(Rebooted.between(boot("boot-1", 60), boot("boot-1", 60))).isEqualTo(Rebooted.NO);
    assertThat(Rebooted.between(boot("boot-1", 60), boot("boot-1", 9999))).isEqualTo(Rebooted.NO);
  }

  @Test
  void anotherBootIdOrALesserUptimeIsAReboot() {
    assertThat(Rebooted.between(boot("boot-1", 60), boot("boot-2", 99))).isEqualTo(Rebooted.YES);
    assertThat(Rebooted.between(boot("boot-1", 60), boot("BOOT-1", 99))).isEqualTo(Rebooted.YES);
    assertThat(Rebooted.between(boot("boot-1", 60), boot("boot-1", 59))).isEqualTo(Rebooted.YES);
  }

  @Test
  void aMissingBootOnEitherSideIsUnknown() {
    Option<Boot> known = boot("boot-1", 60);

    assertThat(Rebooted.between(known, Option.none())).isEqualTo(Rebooted.UNKNOWN);
    assertThat(Rebooted.between(Option.none(), known)).isEqualTo(Rebooted.UNKNOWN);
    assertThat(Rebooted.between(Option.none(), Option.none())).isEqualTo(Rebooted.UNKNOWN);
  }

  private static String inWords(UpdateState state, String running, Rebooted rebooted) {
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
        ? "rollback " + (rollback.retry() ? "with retry " : "") + rollback.error()
        : event.type().wireName();
  }

  private static Option<Boot> boot(String id, long seconds) {
    return Option.some(new Boot(id, Duration.ofSeconds(seconds)));
  }
}
