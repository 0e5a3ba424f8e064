package io.kubesolo.update.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.Reentrant;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Option;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RejectionTest {
  private static final String LINES = "a\nb\r\nc\u0085d\u2028e\u2029f\u0000g\u001B[31m";

  @Test
  void illegalTransitionNamesThePermittedEvents() {
    Rejection rejection = new IllegalTransition(
        Phase.DOWNLOADING, new Confirm(), List.of(EventType.STAGE, EventType.FAIL));

    assertThat(rejection.message())
        .isEqualTo("confirm is illegal in downloading; permitted: stage, fail");
  }

  @Test
  void guardDeniedNamesEachRequirement() {
    UpdateState state =
        SampleStates.in(Phase.FAILED).toBuilder().attemptCount(3).build();
    GuardDenied rejection = new GuardDenied(
        Phase.FAILED,
        new Download("v2", "v2"),
        List.of(new Denial(Guard.NEW_TARGET, state, 3), new Denial(Guard.ATTEMPTS_LEFT, state, 3)),
        List.of(EventType.DOWNLOAD, EventType.ACKNOWLEDGE));

    assertThat(rejection.message())
        .isEqualTo("download is denied in failed: newTarget (the target must differ from the"
            + " running version); attemptsLeft (the target must differ from v2, whose attempts"
            + " are used up (3 of 3), unless the event is forced)");
    assertThat(rejection.guards()).containsExactly(Guard.NEW_TARGET, Guard.ATTEMPTS_LEFT);
  }

  @Test
  void staleNamesBothRevisions() {
    assertThat(new Stale(new Confirm(), 6, SampleStates.in(Phase.VERIFYING)).message())
        .isEqualTo(
            "confirm is stale: it expects revision 6, and the state is at revision 7 (verifying)");
  }

  @Test
  void reentrantNamesTheEvent() {
    assertThat(new Reentrant(new Confirm()).message())
        .isEqualTo("confirm was sent by a listener, or while this thread processes another event");
  }

  @Test
  void storeFailuresNameTheFileAndTheProblem() {
    assertThat(new Unreadable("/s", "line 1: no phase", true).message())
        .isEqualTo("/s: line 1: no phase");
    assertThat(new Busy("/s.lock", "another holds it").message())
        .isEqualTo("/s.lock: another holds it");
  }

  @Test
  void notPersistedNamesTheOutcome() {
    assertThat(new NotPersisted("/s", "disk full", Outcome.OLD).message())
        .isEqualTo("/s: disk full; the old state is kept");
    assertThat(new NotPersisted("/s", "fsync failed", Outcome.UNKNOWN).message())
        .startsWith("/s: fsync failed; ")
        .contains("unknown", "change nothing outside", "send the same event again");
  }

  /** Uses Egypt's locale, in which Java formats numbers with other digits. */
  @ParameterizedTest
  @MethodSource("withLinesIn")
  void messagesAreTheSameInEveryLocale(Rejection rejection) {
    String expected = rejection.message();
    Locale before = Locale.getDefault(Locale.Category.FORMAT);
    Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      assertThat(rejection.message()).isEqualTo(expected);
    } finally {
      Locale.setDefault(Locale.Category.FORMAT, before);
    }
  }

  @ParameterizedTest
  @MethodSource("withLinesIn")
  void messagesAreOneLineForAnyText(Rejection rejection) {
    assertThat(rejection.message()).doesNotContainPattern("[\\p{Cc}\\u2028\\u2029]");
  }

  static Stream<Rejection> withLinesIn() {
    UpdateState state = SampleStates.in(Phase.STAGED).toBuilder()
        .fromVersion(Option.some("v1"))
        .toVersion(Option.some(LINES))
        .attemptCount(3)
        .rolledBackVersions(List.of("v0", LINES))
        .build();
    Download download = new Download("v2", "v1");
    TransitionTable table = new TransitionTable(List.of());
    return Stream.concat(
        Stream.of(Guard.values())
            .map(guard -> table.rejection(state, download, List.of(new Denial(guard, state, 3)))),
        Stream.of(
            table.rejection(state, download, List.of()),
            new Stale(download, 6, state),
            new Reentrant(download),
            new Unreadable(LINES, LINES, true),
            new NotPersisted(LINES, LINES, Outcome.OLD),
            new NotPersisted(LINES, LINES, Outcome.UNKNOWN),
            new Busy(LINES, LINES)));
  }
}
