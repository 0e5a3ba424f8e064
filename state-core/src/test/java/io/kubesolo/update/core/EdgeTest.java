package io.kubesolo.update.core;

import static io.kubesolo.update.core.testing.SampleStates.BOOT;
import static io.kubesolo.update.core.testing.SampleStates.CONTEXT;
import static io.kubesolo.update.core.testing.SampleStates.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeTest {
  private static final Edge STAGE =
      new Edge(Phase.DOWNLOADING, EventType.STAGE, Phase.STAGED, List.of(), List.of());
  private static final Edge CHECK = new Edge(
      Phase.IDLE, EventType.CHECK, Phase.CHECKING, List.of(), List.of(Action.START_ATTEMPT));
  private static final Edge TAKE_ON = new Edge(
      Phase.FAILED,
      EventType.DOWNLOAD,
      Phase.DOWNLOADING,
      List.of(Guard.NEW_TARGET, Guard.NOT_ROLLED_BACK, Guard.ATTEMPTS_LEFT),
      List.of(Action.START_ATTEMPT, Action.TAKE_TARGET));

  @Test
  void everyEventSetsTimeRevisionAndBoot() {
    UpdateState after = STAGE.take(SampleStates.in(Phase.DOWNLOADING), new Stage(), CONTEXT);

    assertThat(after)
        .usingRecursiveComparison()
        .ignoringFields("updatedAt", "revision", "boot", "history", "phase")
        .isEqualTo(SampleStates.in(Phase.DOWNLOADING));
    assertThat(after.phase()).isEqualTo(Phase.STAGED);
    assertThat(after.updatedAt()).containsExactly(NOW);
    assertThat(after.revision()).isEqualTo(8);
    assertThat(after.boot()).containsExactly(BOOT);
  }

  @Test
  void clearsTheBootIfThePresentBootIsUnknown() {
    EventContext nowhere = new EventContext(NOW, Option.none(), 3);

    assertThat(
            STAGE.take(SampleStates.in(Phase.DOWNLOADING), new Stage(), nowhere).boot())
        .isEmpty();
  }

  @Test
  void theRevisionSaturates() {
    UpdateState last =
        SampleStates.in(Phase.DOWNLOADING).toBuilder().revision(Long.MAX_VALUE).build();

    assertThat(STAGE.take(last, new Stage(), CONTEXT).revision()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void reportsEveryGuardThatFailsInTheirOrder() {
    UpdateState state = SampleStates.in(Phase.FAILED).toBuilder()
        .attemptCount(3)
        .rolledBackVersions(List.of("v2"))
        .build();

    assertThat(TAKE_ON.denials(state, new Download("v2", "v2"), CONTEXT))
        .extracting(Denial::guard)
        .containsExactly(Guard.NEW_TARGET, Guard.NOT_ROLLED_BACK, Guard.ATTEMPTS_LEFT);
    assertThat(TAKE_ON.denials(state, new Download("v2", "v1"), CONTEXT))
        .extracting(Denial::guard)
        .containsExactly(Guard.NOT_ROLLED_BACK, Guard.ATTEMPTS_LEFT);
    assertThat(TAKE_ON.denials(state, new Download("v2", "v2", true), CONTEXT))
        .extracting(Denial::guard)
        .containsExactly(Guard.NEW_TARGET);
    assertThat(TAKE_ON.denials(state, new Download("v2", "v1", true), CONTEXT)).isEmpty();
    assertThat(TAKE_ON.denials(state, new Download("v3", "v1"), CONTEXT)).isEmpty();
  }

  @Test
  void appliesActionsInTheirOrderAndThenChangesThePhase() {
    UpdateState after =
        TAKE_ON.take(SampleStates.in(Phase.FAILED), new Download("v3", "v1.5"), CONTEXT);

    assertThat(after)
        .isEqualTo(UpdateState.builder()
            .phase(Phase.DOWNLOADING)
            .fromVersion(Option.some("v1.5"))
            .toVersion(Option.some("v3"))
            .startedAt(Option.some(NOW))
            .updatedAt(Option.some(NOW))
            .lastError(Option.some("it broke"))
            .attemptCount(1)
            .revision(8)
            .boot(Option.some(BOOT))
            .history(List.of(new HistoryEntry(
                NOW, "download", "failed", "downloading", Option.some("v3"), Option.none())))
            .build());
  }

  @Test
  void recordsTheErrorOfAFailAndOfARollbackInTheHistory() {
    Edge fail = new Edge(
        Phase.CHECKING, EventType.FAIL, Phase.FAILED, List.of(), List.of(Action.RECORD_ERROR));
    Edge rollback = new Edge(
        Phase.SUCCESS,
        EventType.ROLLBACK,
        Phase.ROLLED_BACK,
        List.of(),
        List.of(Action.RECORD_ERROR, Action.REMEMBER_ROLLBACK));

    assertThat(fail.take(SampleStates.withoutTarget(Phase.CHECKING), new Fail("no route"), CONTEXT)
            .history())
        .containsExactly(new HistoryEntry(
            NOW, "fail", "checking", "failed", Option.none(), Option.some("no route")));
    assertThat(rollback
            .take(SampleStates.in(Phase.SUCCESS), new Rollback("sick"), CONTEXT)
            .history())
        .containsExactly(new HistoryEntry(
            NOW, "rollback", "success", "rolled_back", Option.some("v2"), Option.some("sick")));
  }

  @Test
  void recordsNoEarlierErrorWithALaterEvent() {
    UpdateState retried = SampleStates.in(Phase.DOWNLOADING).toBuilder()
        .lastError(Option.some("it broke"))
        .build();

    assertThat(STAGE.take(retried, new Stage(), CONTEXT).history())
        .containsExactly(new HistoryEntry(
            NOW, "stage", "downloading", "staged", Option.some("v2"), Option.none()));
  }

  @Test
  void doesNotRecordChecksWithoutAResult() {
    Edge noUpdate = new Edge(
        Phase.CHECKING, EventType.NO_UPDATE, Phase.IDLE, List.of(), List.of(Action.CLEAR_ERROR));
    Edge cancel = new Edge(
        Phase.CHECKING, EventType.CANCEL, Phase.IDLE, List.of(), List.of(Action.CLEAR_ERROR));

    assertThat(CHECK.take(SampleStates.in(Phase.IDLE), new Check(), CONTEXT).history())
        .isEmpty();
    assertThat(noUpdate
            .take(SampleStates.in(Phase.CHECKING), new NoUpdate(), CONTEXT)
            .history())
        .isEmpty();
    assertThat(
            cancel.take(SampleStates.in(Phase.CHECKING), new Cancel(), CONTEXT).history())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"DOWNLOADING", "STAGED"})
  void recordsACancelAfterChecking(Phase phase) {
    Edge cancel =
        new Edge(phase, EventType.CANCEL, Phase.IDLE, List.of(), List.of(Action.CLEAR_ERROR));

    assertThat(cancel.take(SampleStates.in(phase), new Cancel(), CONTEXT).history())
        .containsExactly(new HistoryEntry(
            NOW, "cancel", phase.wireName(), "idle", Option.some("v2"), Option.none()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 18, 19, 20, 21, 50})
  void keepsTheLast20Entries(int already) {
    List<HistoryEntry> old =
        IntStream.range(0, already).mapToObj(EdgeTest::entry).toList();
    UpdateState state =
        SampleStates.in(Phase.DOWNLOADING).toBuilder().history(old).build();

    List<HistoryEntry> history = STAGE.take(state, new Stage(), CONTEXT).history();

    List<HistoryEntry> expected = new ArrayList<>(old);
    expected.add(
        new HistoryEntry(NOW, "stage", "downloading", "staged", Option.some("v2"), Option.none()));
    assertThat(history)
        .containsExactlyElementsOf(
            expected.subList(Math.max(0, expected.size() - 20), expected.size()));
  }

  @Test
  void keepsTheHistoryIfTheEventIsNotRecorded() {
    List<HistoryEntry> old = IntStream.range(0, 25).mapToObj(EdgeTest::entry).toList();

    assertThat(CHECK
            .take(
                SampleStates.in(Phase.IDLE).toBuilder().history(old).build(), new Check(), CONTEXT)
            .history())
        .isEqualTo(old);
  }

  @Test
  void throwsIfAnEdgeViolatesAnInvariant() {
    Edge wrong = new Edge(Phase.FAILED, EventType.ACKNOWLEDGE, Phase.IDLE, List.of(), List.of());

    assertThatIllegalStateException()
        .isThrownBy(() -> wrong.take(SampleStates.in(Phase.FAILED), new Acknowledge(), CONTEXT))
        .withMessageContaining("idle carries an error");
  }

  @Test
  void acceptsAnInvalidStateThatAnotherProgramWrote() {
    UpdateState broken = SampleStates.withoutTarget(Phase.DOWNLOADING);

    assertThat(STAGE.take(broken, new Stage(), CONTEXT).violations())
        .containsExactly("staged carries no target");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0001-12-31T23:59:59Z", "+10000-01-01T00:00:00Z"})
  void throwsIfTheClockIsOutsideTheYearsThatAFileCanHold(Instant now) {
    EventContext context = new EventContext(now, Option.none(), 3);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> STAGE.take(SampleStates.in(Phase.DOWNLOADING), new Stage(), context));
  }

  private static HistoryEntry entry(int number) {
    return new HistoryEntry(
        NOW.plusSeconds(number), "stage", "downloading", "staged", Option.none(), Option.none());
  }
}
