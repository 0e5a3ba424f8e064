package io.kubesolo.update.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireNamesTest {
  @Test
  void namesThePhasesAsTheSeedDid() {
    assertThat(Stream.of(Phase.values()).map(Phase::wireName))
        .containsExactly(
            "idle",
            "checking",
            "downloading",
            "staged",
            "activated",
            "verifying",
            "success",
            "rolled_back",
            "failed");
  }

  @Test
  void restsInIdleAndInTheOutcomes() {
    assertThat(Stream.of(Phase.values()).filter(Phase::isResting))
        .containsExactly(Phase.IDLE, Phase.SUCCESS, Phase.ROLLED_BACK, Phase.FAILED);
  }

  @ParameterizedTest
  @EnumSource
  void findsEachPhaseByItsName(Phase phase) {
    assertThat(Phase.ofWireName(phase.wireName())).containsExactly(phase);
    assertThat(phase).hasToString(phase.wireName());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Idle", "IDLE", " idle", "rolledback", "check"})
  void findsNoPhaseByAnotherName(String name) {
    assertThat(Phase.ofWireName(name)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "check,",
    "no_update,",
    "download, to_version running_version force",
    "stage,",
    "activate,",
    "verify, running_version",
    "confirm,",
    "fail, error",
    "rollback, error",
    "cancel,",
    "acknowledge,"
  })
  void knowsEachEventAndWhatItCarries(String name, String fields) {
    EventType type = EventType.ofWireName(name).get();

    assertThat(type.wireName()).isEqualTo(name).isEqualTo(type.toString());
    assertThat(type.fields().stream().map(EventField::wireName))
        .containsExactly(fields == null ? new String[0] : fields.split(" ", -1));
  }

  @Test
  void hasElevenEvents() {
    assertThat(EventType.values()).hasSize(11);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Check", "CHECK", "no-update", "noupdate", "idle"})
  void findsNoEventByAnotherName(String name) {
    assertThat(EventType.ofWireName(name)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void showsEachGuardByItsName(Guard guard) {
    assertThat(guard).hasToString(guard.ruleName());
  }

  @ParameterizedTest
  @EnumSource
  void showsEachActionByItsName(Action action) {
    assertThat(action).hasToString(action.ruleName());
  }

  @ParameterizedTest
  @EnumSource
  void showsEachValueByItsName(EventField field) {
    assertThat(field).hasToString(field.wireName());
  }

  @Test
  void namesGuardsAndActionsAsTheContractDoes() {
    assertThat(Stream.of(Guard.values()).map(Guard::toString))
        .containsExactly(
            "newTarget", "supersedes", "notRolledBack", "attemptsLeft", "runningTarget");
    assertThat(Stream.of(Action.values()).map(Action::toString))
        .containsExactly(
            "startAttempt",
            "takeTarget",
            "recordError",
            "clearError",
            "resetAttempts",
            "rememberRollback",
            "forgetRollback");
  }
}
