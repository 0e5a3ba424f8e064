package io.kubesolo.update.core;

import static io.kubesolo.update.core.testing.SampleStates.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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

    assertThat(fresh.phase()).isEqualTo(Phase.IDLE);
    assertThat(fresh.fromVersion()).isEmpty();
    assertThat(fresh.toVersion()).isEmpty();
    assertThat(fresh.startedAt()).isEmpty();
    assertThat(fresh.updatedAt()).containsExactly(NOW);
    assertThat(fresh.lastError()).isEmpty();
    assertThat(fresh.attemptCount()).isZero();
    assertThat(fresh.revision()).isZero();
    assertThat(fresh.boot()).isEmpty();
    assertThat(fresh.rolledBackVersions()).isEmpty();
    assertThat(fresh.history()).isEmpty();
    assertThat(fresh.violations()).isEmpty();
  }

  @Test
  void theBuilderSetsEachValueAndKeepsTheOthers() {
    HistoryEntry entry =
        new HistoryEntry(NOW, "check", "idle", "checking", Option.none(), Option.none());
    UpdateState all = new UpdateState(
        Phase.FAILED,
        Option.some("v1"),
        Option.some("v2"),
        Option.some(SampleStates.THEN),
        Option.some(NOW),
        Option.some("it broke"),
        3,
        7,
        Option.some(SampleStates.BOOT),
        List.of("v0"),
        List.of(entry));

    assertThat(UpdateState.builder()
            .phase(Phase.FAILED)
            .fromVersion(Option.some("v1"))
            .toVersion(Option.some("v2"))
            .startedAt(Option.some(SampleStates.THEN))
            .updatedAt(Option.some(NOW))
            .lastError(Option.some("it broke"))
            .attemptCount(3)
            .revision(7)
            .boot(Option.some(SampleStates.BOOT))
            .rolledBackVersions(List.of("v0"))
            .history(List.of(entry))
            .build())
        .isEqualTo(all);
    assertThat(all.toBuilder().build()).isEqualTo(all);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE})
  void rejectsANegativeCount(long count) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> SampleStates.in(Phase.IDLE).toBuilder().attemptCount(count).build())
        .withMessage("attempt_count is negative");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> SampleStates.in(Phase.IDLE).toBuilder().revision(count).build())
        .withMessage("revision is negative");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, Long.MAX_VALUE})
  void acceptsACountOfUpTo64Bits(long count) {
    assertThat(
            SampleStates.in(Phase.IDLE).toBuilder().attemptCount(count).build().attemptCount())
        .isEqualTo(count);
    assertThat(SampleStates.in(Phase.IDLE).toBuilder().revision(count).build().revision())
        .isEqualTo(count);
  }

  @Test
  void emptyTextIsAbsent() {
    UpdateState state = with(Option.some(""), Option.some(""), Option.some(""));

    assertThat(state.fromVersion()).isEmpty();
    assertThat(state.toVersion()).isEmpty();
    assertThat(state.lastError()).isEmpty();
  }

  @Test
  void acceptsTextThatNoEventCanCarry() {
    String longText = "x".repeat(10_000);
    UpdateState state = with(Option.some(" "), Option.some(longText), Option.some("\n"));

    assertThat(state.fromVersion()).containsExactly(" ");
    assertThat(state.toVersion()).containsExactly(longText);
    assertThat(state.lastError()).containsExactly("\n");
  }

  @Test
  void rejectsALoneSurrogateInAnyText() {
    Option<String> lone = Option.some(LONE);

    assertRefused(() -> with(lone, Option.none(), Option.none()), "from_version");
    assertRefused(() -> with(Option.none(), lone, Option.none()), "to_version");
    assertRefused(() -> with(Option.none(), Option.none(), lone), "last_error");
    assertRefused(
        () -> SampleStates.in(Phase.IDLE).toBuilder()
            .rolledBackVersions(List.of("v1", LONE))
            .build(),
        "rolled_back_versions");
  }

  @ParameterizedTest
  @CsvSource({"true, -1", "false, 1"})
  void acceptsTheYears0000To9999(boolean first, long beyond) {
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
  void copiesTheListsThatItIsGiven() {
    List<String> versions = new ArrayList<>(List.of("v1"));
    UpdateState state =
        SampleStates.in(Phase.IDLE).toBuilder().rolledBackVersions(versions).build();
    HistoryEntry entry =
        new HistoryEntry(NOW, "check", "idle", "checking", Option.none(), Option.none());
    List<HistoryEntry> history = new ArrayList<>(List.of(entry));
    state = state.toBuilder().history(history).build();

    versions.add("v2");
    history.clear();

    assertThat(state.rolledBackVersions()).containsExactly("v1");
    assertThat(state.history()).containsExactly(entry);
  }

  @Test
  void historyAndReturnsAnUnmodifiableCopy() {
    HistoryEntry first = entry(NOW, "check", "idle", Option.none());
    HistoryEntry second = entry(NOW, "stage", "idle", Option.none());
    UpdateState state = UpdateState.builder().history(List.of(first)).build();

    List<HistoryEntry> history = state.historyAnd(second);

    assertThat(history).containsExactly(first, second);
    assertThat(state.history()).containsExactly(first);
    assertThatThrownBy(() -> history.set(0, second))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @SuppressWarnings("NullAway") // What an embedder may pass whose code is not checked.
  @Test
  void nullIsRefusedWithAMessage() {
    UpdateState state = UpdateState.builder().build();
    HistoryEntry entry = entry(NOW, "check", "idle", Option.none());
    assertNull("phase", () -> state.toBuilder().phase(null).build());
    assertNull("boot", () -> state.toBuilder().boot(null).build());
    assertNull("from_version", () -> state.toBuilder().fromVersion(null).build());
    assertNull(
        "to_version", () -> state.toBuilder().toVersion(Option.some(null)).build());
    assertNull("started_at", () -> state.toBuilder().startedAt(null).build());
    assertNull("last_error", () -> state.toBuilder().lastError(null).build());
    assertNull(
        "rolled_back_versions", () -> state.toBuilder().rolledBackVersions(null).build());
    assertNull(
        "an entry of rolled_back_versions",
        () -> state.toBuilder().rolledBackVersions(Arrays.asList("v1.0", null)).build());
    assertNull("history", () -> state.toBuilder().history(null).build());
    assertNull(
        "an entry of the history",
        () -> state.toBuilder().history(Arrays.asList(entry, null)).build());
    assertNull("event", () -> entry(NOW, null, "idle", Option.none()));
    assertNull("at", () -> entry(null, "check", "idle", Option.none()));
    assertNull("error", () -> entry(NOW, "check", "idle", null));
    assertNull("boot id", () -> new Boot(null, Duration.ZERO));
    assertNull("uptime", () -> new Boot("boot", null));
    assertNull("the time", () -> new EventContext(null, Option.none(), 3));
    assertNull("the limits", () -> new Deadlines(null));
    assertNull(
        "the limit of staged",
        () -> Deadlines.DEFAULT.with(Collections.singletonMap(Phase.STAGED, null)));
    Option<String> none = Option.none();
    assertNull("running_version", () -> new Values(none, null, none, false));
    assertNull("the type", () -> UpdateEvent.of(null, new Values(none, none, none, false)));
    assertNull("the values", () -> UpdateEvent.of(EventType.FAIL, null));
    assertNull("rebooted", () -> Reconciliation.events(state, "v1.0", null));
  }

  private static void assertNull(String name, ThrowingCallable call) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(name + " is null");
  }

  @ParameterizedTest
  @EnumSource
  void aValidStateViolatesNoInvariant(Phase phase) {
    assertThat(SampleStates.in(phase).violations()).isEmpty();
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
  void namesTheViolationOfAStateWithoutTargetAndError(Phase phase, String broken) {
    assertThat(SampleStates.withoutTarget(phase).violations())
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
  void namesTheViolationOfAStateWithTargetAndError(Phase phase, String broken) {
    assertThat(SampleStates.in(phase).toBuilder()
            .lastError(Option.some("e"))
            .build()
            .violations())
        .containsExactly(broken == null ? new String[0] : new String[] {broken});
  }

  @Test
  void namesEveryViolation() {
    UpdateState state = SampleStates.withoutTarget(Phase.SUCCESS).toBuilder()
        .lastError(Option.some("it broke"))
        .build();

    assertThat(state.violations())
        .containsExactly("success carries an error", "success carries no target");
  }

  @Test
  void rejectsAHistoryEntryThatNoFileCanHold() {
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
  void rejectsAHistoryEntryWithoutEventFromOrTo(String event, String from, String to) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new HistoryEntry(NOW, event, from, to, Option.none(), Option.none()))
        .withMessage("a history entry lacks event, from or to");
  }

  @ParameterizedTest
  @CsvSource({"'', 0, boot id is blank", "' ', 0, boot id is blank", "b, -1, uptime is out of range"
  })
  void rejectsABlankBootIdAndANegativeUptime(String id, long nanos, String why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Boot(id, Duration.ofNanos(nanos)))
        .withMessageStartingWith(why);
  }

  @Test
  void acceptsUptimesUpToTheMaximum() {
    assertThat(new Boot("b", Boot.MAX_UPTIME).uptime()).isEqualTo(Boot.MAX_UPTIME);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Boot("b", Boot.MAX_UPTIME.plusNanos(1)))
        .withMessageStartingWith("uptime is out of range: ");
  }

  @Test
  void rejectsALoneSurrogateInABootId() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Boot(LONE, Duration.ZERO));
    assertThat(new Boot("b", Duration.ZERO).uptime()).isZero();
  }

  @Test
  void rejectsANegativeLimitOnAttempts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EventContext(NOW, Option.none(), -1))
        .withMessage("maxAttempts is negative: -1");
    assertThat(new EventContext(NOW, Option.none(), 0).maxAttempts()).isZero();
  }

  private static HistoryEntry entry(Instant at, String event, String from, Option<String> error) {
    return new HistoryEntry(at, event, from, "checking", Option.none(), error);
  }

  private static UpdateState with(Option<String> from, Option<String> to, Option<String> error) {
    return UpdateState.builder()
        .fromVersion(from)
        .toVersion(to)
        .lastError(error)
        .build();
  }

  private static UpdateState at(Instant instant) {
    return UpdateState.builder()
        .startedAt(Option.some(instant))
        .updatedAt(Option.some(instant))
        .build();
  }

  private static void assertRefused(Runnable construction, String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(construction::run)
        .withMessage(name + " holds a lone surrogate");
  }
}
