package io.kubesolo.update.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DeadlinesTest {
  private static final Duration HOUR = Duration.ofHours(1);

  /** The last event of each sample was one minute after the start of boot-1. */
  private static final Deadlines AN_HOUR_EACH = new Deadlines(anHourEach());

  @ParameterizedTest
  @CsvSource({
    "boot-1, PT1H1M, PT1H, false",
    "boot-1, PT1H1M0.001S, PT1H0.001S, true",
    "boot-1, PT30S, PT30S, false",
    "boot-1, PT59.999S, PT59.999S, false",
    "boot-2, PT1H, PT1H, false",
    "boot-2, PT1H0.001S, PT1H0.001S, true",
    "boot-2, PT0S, PT0S, false"
  })
  void isOverdueAfterMoreThanTheLimit(String id, Duration uptime, Duration age, boolean overdue) {
    UpdateState state = SampleStates.in(Phase.DOWNLOADING);
    Option<Boot> now = Option.some(new Boot(id, uptime));

    assertThat(Deadlines.age(state, now)).containsExactly(age);
    assertThat(AN_HOUR_EACH.overdue(state, now).isDefined()).isEqualTo(overdue);
  }

  @Test
  void ageIsUnknownIfThePresentBootIsUnknown() {
    assertThat(Deadlines.age(SampleStates.in(Phase.CHECKING), Option.none())).isEmpty();
    assertThat(AN_HOUR_EACH.overdue(SampleStates.in(Phase.CHECKING), Option.none()))
        .isEmpty();
  }

  @Test
  void ageCountsFromTheBootIfTheRecordedBootIsUnknown() {
    UpdateState state =
        SampleStates.in(Phase.CHECKING).toBuilder().boot(Option.none()).build();
    Option<Boot> now = Option.some(new Boot("boot-1", Duration.ofHours(2)));

    assertThat(Deadlines.age(state, now)).containsExactly(Duration.ofHours(2));
  }

  @ParameterizedTest
  @CsvSource({"PT1H, PT1M, false", "PT3H, PT2H1M, true", "PT58M, PT0S, false"})
  void ageByADatabasesClockCountsFromTheLastEvent(Duration now, Duration age, boolean overdue) {
    UpdateState state = SampleStates.in(Phase.CHECKING).toBuilder()
        .boot(Option.some(new Boot(Boot.DATABASE, Duration.ofMinutes(59))))
        .build();
    Option<Boot> present = Option.some(new Boot(Boot.DATABASE, now));

    assertThat(Deadlines.age(state, present)).containsExactly(age);
    assertThat(AN_HOUR_EACH.overdue(state, present).isDefined()).isEqualTo(overdue);
  }

  @Test
  void ageByADatabasesClockIsUnknownIfTheLastEventIsNotOfThatClock() {
    Option<Boot> present = Option.some(new Boot(Boot.DATABASE, Duration.ofDays(20_000)));

    assertThat(Deadlines.age(SampleStates.in(Phase.CHECKING), present)).isEmpty();
    assertThat(AN_HOUR_EACH.overdue(SampleStates.in(Phase.CHECKING), present)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "CHECKING, fail",
    "DOWNLOADING, fail",
    "STAGED, fail",
    "ACTIVATED, rollback with retry",
    "VERIFYING, rollback"
  })
  void endsEachTransientPhaseByAnEventThatIsLegalThere(Phase phase, String event) {
    Overdue overdue =
        AN_HOUR_EACH.overdue(SampleStates.in(phase), uptime("PT3H1M")).get();
    String error = "timed out in " + phase.wireName() + " after 1h";

    assertThat(overdue)
        .isEqualTo(new Overdue(
            phase,
            Duration.ofHours(3),
            HOUR,
            event.equals("fail")
                ? new Fail(error)
                : new Rollback(error, event.equals("rollback with retry"))));
  }

  @ParameterizedTest
  @EnumSource(names = {"IDLE", "SUCCESS", "ROLLED_BACK", "FAILED"})
  void aRestingPhaseIsNeverOverdue(Phase phase) {
    assertThat(AN_HOUR_EACH.overdue(SampleStates.in(phase), uptime("PT99999H"))).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Deadlines(Map.of(phase, HOUR)))
        .withMessage(phase + " is a resting phase and can have no deadline");
  }

  @Test
  void aPhaseWithoutALimitIsNeverOverdue() {
    Deadlines none = new Deadlines(Map.of());

    assertThat(none.limit(Phase.DOWNLOADING)).isEmpty();
    assertThat(none.overdue(SampleStates.in(Phase.DOWNLOADING), uptime("PT99999H")))
        .isEmpty();
    assertThat(Deadlines.DEFAULT.overdue(SampleStates.in(Phase.STAGED), uptime("PT99999H")))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"PT0S", "PT-1S"})
  void rejectsALimitThatIsNotMoreThanZero(Duration limit) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Deadlines(Map.of(Phase.CHECKING, limit)))
        .withMessage("the deadline of checking is not more than zero: " + limit);
  }

  @Test
  void changesSomeLimitsAndKeepsTheOthers() {
    Deadlines deadlines = Deadlines.DEFAULT.with(
        Map.of(Phase.CHECKING, HOUR, Phase.VERIFYING, Duration.ZERO, Phase.STAGED, HOUR));

    assertThat(deadlines.limits())
        .containsOnly(
            Map.entry(Phase.CHECKING, HOUR),
            Map.entry(Phase.DOWNLOADING, Duration.ofHours(6)),
            Map.entry(Phase.STAGED, HOUR));
    assertThat(Deadlines.DEFAULT.limit(Phase.CHECKING)).containsExactly(Duration.ofMinutes(5));
  }

  @Test
  void rejectsAChangeToALimitThatIsNegative() {
    Map<Phase, Duration> changes = Map.of(Phase.CHECKING, HOUR.negated());

    assertThatIllegalArgumentException().isThrownBy(() -> Deadlines.DEFAULT.with(changes));
  }

  @Test
  void keepsItsLimitsWhenTheMapChanges() {
    Map<Phase, Duration> limits = anHourEach();
    Deadlines deadlines = new Deadlines(limits);
    limits.clear();

    assertThat(deadlines.limit(Phase.CHECKING)).containsExactly(HOUR);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT0.999S, 0s",
    "PT1S, 1s",
    "PT59.9S, 59s",
    "PT1M, 1m",
    "PT1M1S, 1m 1s",
    "PT30M, 30m",
    "PT1H, 1h",
    "PT1H0M59S, 1h",
    "PT6H, 6h",
    "PT1H30M10S, 1h 30m",
    "PT24H, 1d",
    "PT24H59M, 1d",
    "PT25H59M, 1d 1h",
    "P400D, 400d"
  })
  void formatsADurationInItsTwoLargestUnits(Duration duration, String words) {
    assertThat(Deadlines.inWords(duration)).isEqualTo(words);
  }

  private static Option<Boot> uptime(String duration) {
    return Option.some(new Boot("boot-1", Duration.parse(duration)));
  }

  private static Map<Phase, Duration> anHourEach() {
    Map<Phase, Duration> limits = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      if (!phase.isResting()) {
        limits.put(phase, HOUR);
      }
    }
    return limits;
  }
}
