package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rebooted;
import io.kubesolo.update.core.Reconciliation;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.InMemoryStateStore;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.core.testing.ReferenceModel;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class LifecycleProperties {
  /** An action between two events. */
  enum Pause {
    NONE,
    REOPEN,
    REBOOT_AND_REOPEN,
    CLOCK_STARTS_IN_1970
  }

  /**
   * One step of a random life. The numbers choose among the events that the model's phase permits,
   * so that most events are accepted.
   */
  record Step(
      Pause pause,
      int legal,
      EventType any,
      int target,
      int running,
      boolean force,
      int revision,
      Duration later) {}

  @Property(tries = 250)
  void aLifeFollowsTheModel(
      @ForAll("lives") List<Step> life, @ForAll("limits") long maxAttempts, @ForAll Engine engine) {
    live(UpdateState.fresh(ManualClock.START), life, maxAttempts, engine);
  }

  @Property(tries = 150)
  void aLifeFromAnyFileFollowsTheModel(
      @ForAll("states") UpdateState start,
      @ForAll("lives") List<Step> life,
      @ForAll("limits") long maxAttempts,
      @ForAll Engine engine) {
    live(start, life, maxAttempts, engine);
  }

  @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
  void bothEnginesAnswerAsTheModel(
      @ForAll("states") UpdateState state,
      @ForAll("steps") Step step,
      @ForAll("limits") long maxAttempts) {
    Option<Boot> boot = Option.some(new Boot("boot-1", step.later()));
    EventContext context = new EventContext(ManualClock.START, boot, maxAttempts);
    ReferenceModel model = new ReferenceModel(state, maxAttempts);
    UpdateEvent event = event(step, model);

    Either<Rejection, UpdateState> spring = Engine.SPRING.get().decide(state, event, context);

    assertThat(spring).isEqualTo(Engine.TABLE.get().decide(state, event, context));
    assertSame(spring, model.send(event, ManualClock.START, boot), state, model);
  }

  @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
  void reconciliationIsLegalShortAndIdempotent(
      @ForAll("states") UpdateState start,
      @ForAll("versions") String running,
      @ForAll boolean stated,
      @ForAll Engine engine) {
    InMemoryStateStore store = new InMemoryStateStore(start);
    ManualClock clock = new ManualClock();
    UpdateLifecycle lifecycle =
        UpdateLifecycle.open(store, TestSettings.with(clock), engine.get()).get();
    Rebooted rebooted = stated ? Rebooted.YES : Rebooted.between(start.boot(), clock.boot());
    List<UpdateEvent> events = Reconciliation.events(start, running, rebooted);

    ReconcileResult first = reconcile(lifecycle, running, stated);
    UpdateState between = lifecycle.state();
    ReconcileResult second = reconcile(lifecycle, running, stated);

    assertThat(events).hasSizeLessThanOrEqualTo(2);
    assertThat(first.refusal()).isEmpty();
    assertThat(first.applied().stream().map(applied -> applied.event())).isEqualTo(events);
    assertThat(second).isEqualTo(new ReconcileResult(List.of(), Option.none(), first.warning()));
    assertThat(lifecycle.state()).isEqualTo(between).isEqualTo(store.stored());
    assertThat(store.writes()).isEqualTo(events.size());
  }

  private static ReconcileResult reconcile(
      UpdateLifecycle lifecycle, String running, boolean stated) {
    return stated ? lifecycle.reconcile(running, Rebooted.YES) : lifecycle.reconcile(running);
  }

  private static void live(UpdateState start, List<Step> life, long maxAttempts, Engine engine) {
    ManualClock clock = new ManualClock();
    LifecycleSettings settings = TestSettings.with(clock).withMaxAttempts(maxAttempts);
    InMemoryStateStore store = new InMemoryStateStore(start);
    ReferenceModel model = new ReferenceModel(start, maxAttempts);
    UpdateLifecycle lifecycle =
        UpdateLifecycle.open(store, settings, engine.get()).get();
    boolean lawful = start.violations().isEmpty();
    boolean bounded = maxAttempts > 0 && start.attemptCount() <= maxAttempts;
    int accepted = 0;
    for (Step step : life) {
      clock.advance(step.later());
      if (pause(step.pause(), clock)) {
        lifecycle.close();
        lifecycle = UpdateLifecycle.open(store, settings, engine.get()).get();
      }
      UpdateState before = lifecycle.state();
      UpdateEvent event = event(step, model);
      Either<Rejection, UpdateState> foretold = lifecycle.explain(event);
      assertThat(lifecycle.state()).isSameAs(before);

      if (step.revision() > 0) {
        long seen = before.revision() == 0 ? 1 : before.revision() - 1;
        assertThat(lifecycle.send(event, seen))
            .isEqualTo(Either.left(new Stale(event, seen, before)));
      }
      Either<Rejection, UpdateState> answer =
          step.revision() < 0 ? lifecycle.send(event, before.revision()) : lifecycle.send(event);

      assertThat(answer).isEqualTo(foretold);
      assertSame(answer, model.send(event, clock.instant(), clock.boot()), before, model);
      accepted += answer.isRight() ? 1 : 0;
      bounded &= !step.force();
      UpdateState after = lifecycle.state();
      assertThat(after).isEqualTo(answer.getOrElse(before)).isEqualTo(store.stored());
      assertThat(store.writes()).isEqualTo(accepted);
      assertThat(!lawful || after.violations().isEmpty()).isTrue();
      assertThat(!bounded || after.attemptCount() <= maxAttempts).isTrue();
      assertThat(after.rolledBackVersions().size())
          .isLessThanOrEqualTo(Math.max(8, start.rolledBackVersions().size()));
    }
    assertThat(lifecycle.state().revision() - start.revision())
        .isEqualTo(Math.min(accepted, Long.MAX_VALUE - start.revision()));
  }

  /** Does what happens in a pause, and returns whether the agent restarts. */
  private static boolean pause(Pause pause, ManualClock clock) {
    switch (pause) {
      case NONE, REOPEN -> {}
      case REBOOT_AND_REOPEN -> clock.reboot();
      case CLOCK_STARTS_IN_1970 -> clock.setWallClock(Instant.EPOCH);
    }
    return pause == Pause.REOPEN || pause == Pause.REBOOT_AND_REOPEN;
  }

  private static void assertSame(
      Either<Rejection, UpdateState> real,
      ReferenceModel.Answer modelled,
      UpdateState before,
      ReferenceModel model) {
    assertThat(modelled.isSameAs(real)).as("%s, modelled as %s", real, modelled).isTrue();
    assertThat(ReferenceModel.describe(real.getOrElse(before))).isEqualTo(model.describe());
  }

  private static UpdateEvent event(Step step, ReferenceModel model) {
    List<String> permitted = model.permitted();
    EventType type = step.legal() < 0
        ? step.any()
        : EventType.ofWireName(permitted.get(step.legal() % permitted.size())).get();
    String target = version(step.target(), model);
    String running = version(step.running() + (type == EventType.VERIFY ? 0 : 1), model);
    Values values = new Values(
        Option.some(target),
        Option.some(running),
        Option.some("e" + step.target()),
        step.force(),
        step.running() % 2 == 0);
    return UpdateEvent.of(type, values).get();
  }

  /** Returns the recorded target most of the time, one that was rolled back at times, else any. */
  private static String version(int choice, ReferenceModel model) {
    String version = "";
    if (choice % 3 == 0) {
      version = model.target();
    } else if (choice % 7 == 1 && !model.rolledBack().isEmpty()) {
      version = model.rolledBack().get(choice % model.rolledBack().size());
    }
    return version.isBlank() ? "v" + choice % 5 : version;
  }

  @Provide
  Arbitrary<List<Step>> lives() {
    return steps().list().ofMinSize(1).ofMaxSize(120);
  }

  @Provide
  Arbitrary<Step> steps() {
    Arbitrary<Pause> pauses = Arbitraries.frequency(
        Tuple.of(20, Pause.NONE),
        Tuple.of(3, Pause.REOPEN),
        Tuple.of(1, Pause.REBOOT_AND_REOPEN),
        Tuple.of(1, Pause.CLOCK_STARTS_IN_1970));
    Arbitrary<Integer> legal = Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.integers().between(0, 11)), Tuple.of(1, Arbitraries.just(-1)));
    Arbitrary<Integer> revision =
        Arbitraries.frequency(Tuple.of(8, 0), Tuple.of(1, 1), Tuple.of(1, -1));
    return Combinators.combine(
            pauses,
            legal,
            Arbitraries.of(EventType.class),
            Arbitraries.integers().between(0, 29),
            Arbitraries.integers().between(0, 29),
            Arbitraries.frequency(Tuple.of(9, false), Tuple.of(1, true)),
            revision,
            Arbitraries.longs().between(0, 1L << 42).map(Duration::ofNanos))
        .as(Step::new);
  }

  @Provide
  Arbitrary<Long> limits() {
    return Arbitraries.of(3L, 0L, 1L, 2L, Long.MAX_VALUE);
  }

  @Provide
  Arbitrary<String> versions() {
    return Arbitraries.of("v0", "v1", "v2", "v3");
  }

  /** Returns any state that a file can hold, written by this program or not. */
  @Provide
  Arbitrary<UpdateState> states() {
    Arbitrary<Option<String>> texts =
        Arbitraries.of("", "v0", "v1", "v2", "v3", " ").map(Option::some);
    Arbitrary<Option<Instant>> instants = Arbitraries.of(
            Instant.EPOCH, UpdateState.NEVER, ManualClock.START, UpdateState.MAX_INSTANT)
        .map(Option::some);
    Arbitrary<Long> counts = Arbitraries.of(0L, 1L, 2L, 3L, 4L, Long.MAX_VALUE - 1, Long.MAX_VALUE);
    Arbitrary<Option<Boot>> boots = Arbitraries.of("boot-1", "boot-9", "")
        .map(id -> Option.when(!id.isEmpty(), () -> new Boot(id, Duration.ZERO)));
    Arbitrary<List<String>> rolledBack =
        Arbitraries.integers().between(0, 12).map(i -> "v" + i).list().ofMaxSize(10);
    return Combinators.combine(
            Arbitraries.of(Phase.class), texts, texts, instants, texts, counts, counts, rolledBack)
        .flatAs((phase, from, to, instant, error, attempts, revision, versions) ->
            Combinators.combine(boots, Arbitraries.integers().between(0, 25))
                .as((boot, entries) -> UpdateState.builder()
                    .phase(phase)
                    .fromVersion(from)
                    .toVersion(to)
                    .startedAt(instant)
                    .updatedAt(instant)
                    .lastError(error)
                    .attemptCount(attempts)
                    .revision(revision)
                    .boot(boot)
                    .rolledBackVersions(versions)
                    .history(history(entries))
                    .build()));
  }

  private static List<HistoryEntry> history(int entries) {
    return IntStream.range(0, entries)
        .mapToObj(i -> new HistoryEntry(
            Instant.EPOCH.plusSeconds(i),
            "e" + i,
            "a",
            "b",
            Option.when(i % 2 == 0, "v1"),
            Option.none()))
        .toList();
  }
}
