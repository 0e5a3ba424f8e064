package io.kubesolo.update.core;

import static io.kubesolo.update.core.Sample.BOOT;
import static io.kubesolo.update.core.Sample.CONTEXT;
import static io.kubesolo.update.core.Sample.NOW;
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
  void everyEventWritesTimeRevisionAndBoot() {
    UpdateState after = STAGE.take(Sample.in(Phase.DOWNLOADING), new Stage(), CONTEXT);

    assertThat(after)
        .usingRecursiveComparison()
        .ignoringFields("updatedAt", "revision", "boot", "history", "phase")
        .isEqualTo(Sample.in(Phase.DOWNLOADING));
    assertThat(after.phase()).isEqualTo(Phase.STAGED);
    assertThat(after.updatedAt()).containsExactly(NOW);
    assertThat(after.revision()).isEqualTo(8);
    assertThat(after.boot()).containsExactly(BOOT);
  }

  @Test
  void forgetsTheOldBootWhereTheKernelDoesNotTell() {
    EventContext nowhere = new EventContext(NOW, Option.none(), 3);

    assertThat(STAGE.take(Sample.in(Phase.DOWNLOADING), new Stage(), nowhere).boot())
        .isEmpty();
  }

  @Test
  void theRevisionSaturates() {
    UpdateState last = Sample.withRevision(Sample.in(Phase.DOWNLOADING), Long.MAX_VALUE);

    assertThat(STAGE.take(last, new Stage(), CONTEXT).revision()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void reportsEveryGuardThatSaysNoInTheirOrder() {
    UpdateState state =
        Sample.in(Phase.FAILED).withAttemptCount(3).withRolledBackVersions(List.of("v2"));

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
  void appliesActionsInTheirOrderAndThenEnters() {
    UpdateState after = TAKE_ON.take(Sample.in(Phase.FAILED), new Download("v3", "v1.5"), CONTEXT);

    assertThat(after)
        .isEqualTo(new UpdateState(
            Phase.DOWNLOADING,
            Option.some("v1.5"),
            Option.some("v3"),
            Option.some(NOW),
            Option.some(NOW),
            Option.some("it broke"),
            1,
            8,
            Option.some(BOOT),
            List.of(),
            List.of(new HistoryEntry(
                NOW, "download", "failed", "downloading", Option.some("v3"), Option.none()))));
  }

  @Test
  void remembersTheErrorOfAFailAndOfARollback() {
    Edge fail = new Edge(
        Phase.CHECKING, EventType.FAIL, Phase.FAILED, List.of(), List.of(Action.RECORD_ERROR));
    Edge rollback = new Edge(
        Phase.SUCCESS,
        EventType.ROLLBACK,
        Phase.ROLLED_BACK,
        List.of(),
        List.of(Action.RECORD_ERROR, Action.REMEMBER_ROLLBACK));

    assertThat(fail.take(Sample.withoutTarget(Phase.CHECKING), new Fail("no route"), CONTEXT)
            .history())
        .containsExactly(new HistoryEntry(
            NOW, "fail", "checking", "failed", Option.none(), Option.some("no route")));
    assertThat(rollback
            .take(Sample.in(Phase.SUCCESS), new Rollback("sick"), CONTEXT)
            .history())
        .containsExactly(new HistoryEntry(
            NOW, "rollback", "success", "rolled_back", Option.some("v2"), Option.some("sick")));
  }

  @Test
  void anOldErrorIsNoneOfALaterEvent() {
    UpdateState retried = Sample.in(Phase.DOWNLOADING).withLastError(Option.some("it broke"));

    assertThat(STAGE.take(retried, new Stage(), CONTEXT).history())
        .containsExactly(new HistoryEntry(
            NOW, "stage", "downloading", "staged", Option.some("v2"), Option.none()));
  }

  @Test
  void doesNotRememberChecksThatCameToNothing() {
    Edge noUpdate = new Edge(
        Phase.CHECKING, EventType.NO_UPDATE, Phase.IDLE, List.of(), List.of(Action.CLEAR_ERROR));
    Edge cancel = new Edge(
        Phase.CHECKING, EventType.CANCEL, Phase.IDLE, List.of(), List.of(Action.CLEAR_ERROR));

    assertThat(CHECK.take(Sample.in(Phase.IDLE), new Check(), CONTEXT).history())
        .isEmpty();
    assertThat(noUpdate.take(Sample.in(Phase.CHECKING), new NoUpdate(), CONTEXT).history())
        .isEmpty();
    assertThat(cancel.take(Sample.in(Phase.CHECKING), new Cancel(), CONTEXT).history())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"DOWNLOADING", "STAGED"})
  void remembersACancelThatGaveSomethingUp(Phase phase) {
    Edge cancel =
        new Edge(phase, EventType.CANCEL, Phase.IDLE, List.of(), List.of(Action.CLEAR_ERROR));

    assertThat(cancel.take(Sample.in(phase), new Cancel(), CONTEXT).history())
        .containsExactly(new HistoryEntry(
            NOW, "cancel", phase.wireName(), "idle", Option.some("v2"), Option.none()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 18, 19, 20, 21, 50})
  void keepsTheLast20Entries(int already) {
    List<HistoryEntry> old =
        IntStream.range(0, already).mapToObj(EdgeTest::entry).toList();
    UpdateState state = Sample.in(Phase.DOWNLOADING).withHistory(old);

    List<HistoryEntry> history = STAGE.take(state, new Stage(), CONTEXT).history();

    List<HistoryEntry> expected = new ArrayList<>(old);
    expected.add(
        new HistoryEntry(NOW, "stage", "downloading", "staged", Option.some("v2"), Option.none()));
    assertThat(history)
        .containsExactlyElementsOf(
            expected.subList(Math.max(0, expected.size() - 20), expected.size()));
  }

  @Test
  void leavesHistoryAloneWhereItAddsNothing() {
    List<HistoryEntry> old = IntStream.range(0, 25).mapToObj(EdgeTest::entry).toList();

    assertThat(CHECK
            .take(Sample.in(Phase.IDLE).withHistory(old), new Check(), CONTEXT)
            .history())
        .isEqualTo(old);
  }

  @Test
  void anEdgeThatBreaksAPromiseIsAMistake() {
    Edge wrong = new Edge(Phase.FAILED, EventType.ACKNOWLEDGE, Phase.IDLE, List.of(), List.of());

    assertThatIllegalStateException()
        .isThrownBy(() -> wrong.take(Sample.in(Phase.FAILED), new Acknowledge(), CONTEXT))
        .withMessageContaining("idle carries an error");
  }

  @Test
  void aStateThatAnotherProgramWroteMayStayBroken() {
    UpdateState broken = Sample.withoutTarget(Phase.DOWNLOADING);

    assertThat(STAGE.take(broken, new Stage(), CONTEXT).violations())
        .containsExactly("staged carries no target");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0001-12-31T23:59:59Z", "+10000-01-01T00:00:00Z"})
  void aClockOutsideTheYearsThatAFileCanHoldIsAMistake(Instant now) {
    EventContext context = new EventContext(now, Option.none(), 3);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> STAGE.take(Sample.in(Phase.DOWNLOADING), new Stage(), context));
  }

  private static HistoryEntry entry(int number) {
    return new HistoryEntry(
        NOW.plusSeconds(number), "stage", "downloading", "staged", Option.none(), Option.none());
  }
}
