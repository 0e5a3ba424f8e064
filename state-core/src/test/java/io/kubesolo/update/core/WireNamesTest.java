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
  void phasesHaveTheNamesOfTheGoAgent() {
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
  void idleAndTheOutcomesAreResting() {
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
  void findsNoPhaseByAnUnknownName(String name) {
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
    "rollback, error retry",
    "cancel,",
    "acknowledge,"
  })
  void eachEventTypeHasItsNameAndFields(String name, String fields) {
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
  void findsNoEventByAnUnknownName(String name) {
    assertThat(EventType.ofWireName(name)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void guardsPrintTheirNames(Guard guard) {
    assertThat(guard).hasToString(guard.ruleName());
  }

  @ParameterizedTest
  @EnumSource
  void actionsPrintTheirNames(Action action) {
    assertThat(action).hasToString(action.ruleName());
  }

  @ParameterizedTest
  @EnumSource
  void fieldsPrintTheirNames(EventField field) {
    assertThat(field).hasToString(field.wireName());
  }

  @Test
  void guardsAndActionsHaveTheNamesOfTheContract() {
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
