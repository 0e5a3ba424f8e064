package io.kubesolo.update.core;

import static io.kubesolo.update.core.Sample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateStateTest {
  private static final String LONE = "\uD83D";

  @Test
  void freshIsIdleAndEmpty() {
    UpdateState fresh = UpdateState.fresh(NOW);

    assertThat(fresh)
        .isEqualTo(new UpdateState(
            Phase.IDLE,
            Option.none(),
            Option.none(),
            Option.none(),
            Option.some(NOW),
            Option.none(),
            0,
            0,
            Option.none(),
            List.of(),
            List.of()));
    assertThat(fresh.violations()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE})
  void refusesANegativeCount(long count) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sample.in(Phase.IDLE).withAttemptCount(count))
        .withMessage("attempt_count is negative");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sample.withRevision(Sample.in(Phase.IDLE), count))
        .withMessage("revision is negative");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, Long.MAX_VALUE})
  void takesACountOfUpTo64Bits(long count) {
    assertThat(Sample.in(Phase.IDLE).withAttemptCount(count).attemptCount()).isEqualTo(count);
    assertThat(Sample.withRevision(Sample.in(Phase.IDLE), count).revision()).isEqualTo(count);
  }

  @Test
  void emptyTextIsAbsent() {
    UpdateState state = with(Option.some(""), Option.some(""), Option.some(""));

    assertThat(state.fromVersion()).isEmpty();
    assertThat(state.toVersion()).isEmpty();
    assertThat(state.lastError()).isEmpty();
  }

  @Test
  void keepsTextThatNoEventCouldCarry() {
    String longText = "x".repeat(10_000);
    UpdateState state = with(Option.some(" "), Option.some(longText), Option.some("\n"));

    assertThat(state.fromVersion()).containsExactly(" ");
    assertThat(state.toVersion()).containsExactly(longText);
    assertThat(state.lastError()).containsExactly("\n");
  }

  @Test
  void refusesALoneSurrogateWhichNoFileCanHold() {
    Option<String> lone = Option.some(LONE);

    assertRefused(() -> with(lone, Option.none(), Option.none()), "from_version");
    assertRefused(() -> with(Option.none(), lone, Option.none()), "to_version");
    assertRefused(() -> with(Option.none(), Option.none(), lone), "last_error");
    assertRefused(
        () -> Sample.in(Phase.IDLE).withRolledBackVersions(List.of("v1", LONE)),
        "rolled_back_versions");
  }

  @ParameterizedTest
  @CsvSource({"true, -1", "false, 1"})
  void takesTheYears0000To9999(boolean first, long beyond) {
    Instant bound = first ? UpdateState.MIN_INSTANT : UpdateState.MAX_INSTANT;

    assertThat(at(bound).startedAt()).containsExactly(bound);
    assertThat(at(bound).updatedAt()).containsExactly(bound);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> at(bound.plusNanos(beyond)))
        .withMessage("started_at is outside the years 0000 to 9999");
  }

  @Test
  void goesZeroTimeIsNever() {
    assertThat(at(Instant.parse("0001-01-01T00:00:00Z")).startedAt()).isEmpty();
    assertThat(at(Instant.parse("0001-01-01T00:00:00Z")).updatedAt()).isEmpty();
    assertThat(at(Instant.parse("0001-01-01T00:00:00.000000001Z")).startedAt()).isNotEmpty();
  }

  @Test
  void keepsNothingThatCanStillBeChangedFromOutside() {
    List<String> versions = new ArrayList<>(List.of("v1"));
    UpdateState state = Sample.in(Phase.IDLE).withRolledBackVersions(versions);
    HistoryEntry entry =
        new HistoryEntry(NOW, "check", "idle", "checking", Option.none(), Option.none());
    List<HistoryEntry> history = new ArrayList<>(List.of(entry));
    state = state.withHistory(history);

    versions.add("v2");
    history.clear();

    assertThat(state.rolledBackVersions()).containsExactly("v1");
    assertThat(state.history()).containsExactly(entry);
  }

  @ParameterizedTest
  @EnumSource
  void aLawfulStateBreaksNoPromise(Phase phase) {
    assertThat(Sample.in(phase).violations()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "IDLE,",
    "CHECKING,",
    "DOWNLOADING, downloading carries no target",
    "STAGED, staged carries no target",
    "ACTIVATED, activated carries no target",
    "VERIFYING, verifying carries no target",
    "SUCCESS, success carries no target",
    "ROLLED_BACK, rolled_back carries no error",
    "FAILED, failed carries no error"
  })
  void tellsWhatAStateWithoutTargetAndErrorBreaks(Phase phase, String broken) {
    assertThat(Sample.withoutTarget(phase).violations())
        .containsExactly(broken == null ? new String[0] : new String[] {broken});
  }

  @ParameterizedTest
  @CsvSource({
    "IDLE, idle carries an error",
    "CHECKING,",
    "DOWNLOADING,",
    "STAGED,",
    "ACTIVATED,",
    "VERIFYING,",
    "SUCCESS, success carries an error",
    "ROLLED_BACK,",
    "FAILED,"
  })
  void tellsWhatAStateWithTargetAndErrorBreaks(Phase phase, String broken) {
    assertThat(Sample.in(phase).withLastError(Option.some("e")).violations())
        .containsExactly(broken == null ? new String[0] : new String[] {broken});
  }

  @Test
  void tellsEveryPromiseThatIsBroken() {
    UpdateState state = Sample.withoutTarget(Phase.SUCCESS).withLastError(Option.some("it broke"));

    assertThat(state.violations())
        .containsExactly("success carries an error", "success carries no target");
  }

  @Test
  void refusesHistoryThatNoFileCanHold() {
    assertRefused(() -> entry(NOW, LONE, "idle", Option.none()), "event");
    assertRefused(() -> entry(NOW, "check", LONE, Option.none()), "from");
    assertRefused(() -> entry(NOW, "check", "idle", Option.some(LONE)), "error");
    assertRefused(
        () -> new HistoryEntry(NOW, "check", "idle", LONE, Option.none(), Option.none()), "to");
    assertRefused(
        () -> new HistoryEntry(
            NOW, "stage", "downloading", "staged", Option.some(LONE), Option.none()),
        "to_version");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> entry(Instant.MAX, "check", "idle", Option.none()))
        .withMessage("at is outside the years 0000 to 9999");
  }

  @ParameterizedTest
  @CsvSource({"'', idle, checking", "check, '', checking", "check, idle, ''"})
  void refusesHistoryThatLacksANameOfWhatHappened(String event, String from, String to) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HistoryEntry(NOW, event, from, to, Option.none(), Option.none()))
        .withMessage("a history entry lacks event, from or to");
  }

  @ParameterizedTest
  @CsvSource({"'', 0, boot id is blank", "' ', 0, boot id is blank", "b, -1, uptime is out of range"
  })
  void refusesABootThatCannotBe(String id, long nanos, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Boot(id, Duration.ofNanos(nanos)))
        .withMessageStartingWith(why);
  }

  @Test
  void takesTheLongestUptimeThatAFileCanHoldAndNoLongerOne() {
    assertThat(new Boot("b", Boot.MAX_UPTIME).uptime()).isEqualTo(Boot.MAX_UPTIME);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Boot("b", Boot.MAX_UPTIME.plusNanos(1)))
        .withMessageStartingWith("uptime is out of range: ");
  }

  @Test
  void refusesABootIdThatNoFileCanHold() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Boot(LONE, Duration.ZERO));
    assertThat(new Boot("b", Duration.ZERO).uptime()).isZero();
  }

  @Test
  void refusesANegativeLimitOnAttempts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EventContext(NOW, Option.none(), -1))
        .withMessage("maxAttempts is negative: -1");
    assertThat(new EventContext(NOW, Option.none(), 0).maxAttempts()).isZero();
  }

  private static HistoryEntry entry(Instant at, String event, String from, Option<String> error) {
    return new HistoryEntry(at, event, from, "checking", Option.none(), error);
  }

  private static UpdateState with(Option<String> from, Option<String> to, Option<String> error) {
    return new UpdateState(
        Phase.CHECKING,
        from,
        to,
        Option.none(),
        Option.none(),
        error,
        0,
        0,
        Option.none(),
        List.of(),
        List.of());
  }

  private static UpdateState at(Instant instant) {
    return new UpdateState(
        Phase.IDLE,
        Option.none(),
        Option.none(),
        Option.some(instant),
        Option.some(instant),
        Option.none(),
        0,
        0,
        Option.none(),
        List.of(),
        List.of());
  }

  private static void assertRefused(Runnable construction, String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(construction::run)
        .withMessage(name + " holds a lone surrogate");
  }
}
