package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.LinuxBoot;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rebooted;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Activate;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.InMemoryStateStore;
import io.kubesolo.update.core.testing.InMemoryStateStore.Fault;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class UpdateLifecycleTest {
  private final ManualClock clock = new ManualClock();
  private final UpdateState fresh = UpdateState.fresh(ManualClock.START);
  private final InMemoryStateStore store = new InMemoryStateStore(fresh);
  private final UpdateLifecycle lifecycle = open(TestSettings.with(clock));
  private UpdateLifecycle observed = lifecycle;

  @Test
  void runsSpringByDefault() {
    try (UpdateLifecycle byDefault = UpdateLifecycle.open(store).get()) {
      assertThat(byDefault.send(new Check()).get().phase()).isEqualTo(Phase.CHECKING);
      assertThat(byDefault.table().edges()).isEqualTo(new SpringEngine().table().edges());
    }
  }

  @Test
  void answersWithTheStateThatIsStored() {
    UpdateState answer = lifecycle.send(new Check()).get();

    assertThat(answer).isSameAs(lifecycle.state()).isEqualTo(store.stored());
    assertThat(answer.revision()).isOne();
  }

  @Test
  void computesThenPersistsThenAssignsThenNotifies() {
    List<String> order = new ArrayList<>();
    List<Transition> told = new ArrayList<>();
    UpdateLifecycle listened =
        open(TestSettings.with(clock).withListeners(told::add, transition -> {
          order.add(
              "told, memory " + memory().phase() + ", disk " + store.stored().phase());
        }));
    observed = listened;
    store.whenPersisting(() -> order.add(
        "persist, memory " + memory().phase() + ", disk " + store.stored().phase()));

    UpdateState after = listened.send(new Check()).get();
    listened.close();

    assertThat(order)
        .containsExactly("persist, memory idle, disk idle", "told, memory checking, disk checking");
    assertThat(told).containsExactly(new Transition(fresh, new Check(), after));
  }

  @Test
  void aRejectedEventWritesAndNotifiesNothing() {
    List<Transition> told = new ArrayList<>();
    UpdateLifecycle listened = open(TestSettings.with(clock).withListeners(told::add));

    Rejection rejection = listened.send(new Confirm()).getLeft();
    listened.close();

    assertThat(rejection)
        .isEqualTo(new IllegalTransition(
            Phase.IDLE, new Confirm(), new TableEngine().table().permitted(Phase.IDLE)));
    assertThat(store.writes()).isZero();
    assertThat(told).isEmpty();
    assertThat(listened.state()).isEqualTo(fresh);
  }

  @Test
  void decidesOnTheStoredStateAndNotOnTheLastRead() {
    store.overwrite(SampleStates.in(Phase.VERIFYING));

    assertThat(lifecycle.state()).isEqualTo(fresh);
    assertThat(lifecycle.send(new Confirm()).get().phase()).isEqualTo(Phase.SUCCESS);
  }

  @Test
  void readsWhatAnotherProcessWroteEvenIfItRejectsTheEvent() {
    store.overwrite(SampleStates.in(Phase.VERIFYING));

    assertThat(lifecycle.send(new Check()).isLeft()).isTrue();
    assertThat(lifecycle.state()).isEqualTo(SampleStates.in(Phase.VERIFYING));
  }

  @Test
  void keepsTheOldStateIfNothingWasWritten() {
    List<Transition> told = new ArrayList<>();
    UpdateLifecycle listened = open(TestSettings.with(clock).withListeners(told::add));
    store.failNext(Fault.OLD);

    assertThat(listened.send(new Check())).isEqualTo(Either.left(InMemoryStateStore.OLD));
    assertThat(listened.state()).isEqualTo(fresh).isEqualTo(store.stored());
    assertThat(listened.send(new Check()).get().revision()).isOne();
    listened.close();
    assertThat(told).extracting(transition -> transition.after().revision()).containsExactly(1L);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"UNKNOWN_OLD", "UNKNOWN_NEW"})
  void reloadsTheStateIfTheOutcomeIsUnknown(Fault fault) {
    store.failNext(fault);

    assertThat(lifecycle.send(new Check())).isEqualTo(Either.left(InMemoryStateStore.UNKNOWN));
    assertThat(lifecycle.state()).isEqualTo(store.stored());
    assertThat(lifecycle.state().phase())
        .isEqualTo(fault == Fault.UNKNOWN_NEW ? Phase.CHECKING : Phase.IDLE);
  }

  @Test
  void keepsTheLastReadIfTheOutcomeIsUnknownAndAReloadFails() {
    store.failNext(Fault.UNKNOWN_NEW);
    store.whenPersisting(() -> store.setReadable(false));

    assertThat(lifecycle.send(new Check())).isEqualTo(Either.left(InMemoryStateStore.UNKNOWN));
    assertThat(lifecycle.state()).isEqualTo(fresh);

    store.setReadable(true);
    store.whenPersisting(() -> {});
    assertThat(lifecycle.send(new NoUpdate()).get().phase()).isEqualTo(Phase.IDLE);
  }

  @Test
  void returnsBusyAndUnreadableFromTheStore() {
    store.failNext(Fault.BUSY);
    store.failNext(Fault.UNREADABLE);

    assertThat(lifecycle.send(new Check())).isEqualTo(Either.left(InMemoryStateStore.BUSY));
    assertThat(lifecycle.send(new Check())).isEqualTo(Either.left(InMemoryStateStore.UNREADABLE));
    assertThat(lifecycle.state()).isEqualTo(fresh);
    assertThat(lifecycle.send(new Check()).isRight()).isTrue();
  }

  @Test
  void doesNotOpenAnUnreadableState() {
    store.setReadable(false);

    assertThat(UpdateLifecycle.open(store, TestSettings.with(clock), Engine.TABLE.get()))
        .isEqualTo(Either.left(InMemoryStateStore.UNREADABLE));
  }

  @Test
  void aStoreThatThrowsLeavesTheLifecycleUsable() {
    store.whenPersisting(() -> {
      throw new IllegalStateException("planted");
    });

    assertThat(lifecycle.send(new Check()).getLeft().message())
        .contains(": the store failed: java.lang.IllegalStateException: planted; ", "unknown");
    assertThat(lifecycle.state()).isEqualTo(fresh);

    store.whenPersisting(() -> {});
    assertThat(lifecycle.send(new Check()).isRight()).isTrue();
  }

  @Test
  void followsAStoreThatThrowsAfterItWrote() {
    UpdateState written = fresh.toBuilder().revision(7).build();
    store.whenPersisting(() -> {
      store.overwrite(written);
      throw new IllegalStateException("planted");
    });

    assertThat(lifecycle.send(new Check()).isLeft()).isTrue();
    assertThat(lifecycle.state()).isEqualTo(written);
  }

  @Test
  void listenersAreNotifiedOfAResentEventOnlyIfThisProcessSentIt() {
    List<Transition> told = new ArrayList<>();
    UpdateLifecycle listened = open(TestSettings.with(clock).withListeners(told::add));

    // What this process sent was lost, and another one made the same revision by another event.
    store.failNext(Fault.UNKNOWN_OLD);
    store.failNext(Fault.UNKNOWN_NEW);
    assertThat(listened.send(new Check()).isLeft()).isTrue();
    assertThat(lifecycle.send(new Download("v2", "v1")).isLeft()).isTrue();
    assertThat(listened.send(new Download("v2", "v1")).get().revision()).isEqualTo(1);

    // The same event, but another process made another revision by it.
    store.overwrite(fresh);
    store.failNext(Fault.UNKNOWN_OLD);
    assertThat(listened.send(new Check()).isLeft()).isTrue();
    assertThat(lifecycle.send(new Check()).get().revision()).isEqualTo(1);
    assertThat(lifecycle.send(new NoUpdate()).get().revision()).isEqualTo(2);
    store.failNext(Fault.UNKNOWN_NEW);
    assertThat(lifecycle.send(new Check()).isLeft()).isTrue();
    assertThat(listened.send(new Check()).get().revision()).isEqualTo(3);

    listened.close();
    assertThat(told).isEmpty();
  }

  @Test
  void returnsTheStoredStateIfItHasLessHistoryThanTheComputedOne() {
    List<Transition> told = new ArrayList<>();
    UpdateLifecycle listened = open(TestSettings.with(clock).withListeners(told::add));
    store.setMaxHistory(0);

    UpdateState after = listened.send(new Download("v2", "v1")).get();
    listened.close();

    assertThat(after.history()).isEmpty();
    assertThat(after).isEqualTo(store.stored()).isEqualTo(told.get(0).after());
  }

  @Test
  void returnsTheWarningsOfTheLastReadWhetherAnEventIsAcceptedOrNot() {
    store.setWarnings("the boot key is mistyped");
    UpdateLifecycle warned = open(TestSettings.with(clock));

    assertThat(warned.warnings()).containsExactly("the boot key is mistyped");
    assertThat(warned.send(new Confirm()).isLeft()).isTrue();
    assertThat(warned.warnings()).containsExactly("the boot key is mistyped");
    assertThat(warned.send(new Check()).isRight()).isTrue();
    assertThat(warned.warnings()).containsExactly("the boot key is mistyped");
    warned.refresh();
    assertThat(warned.warnings()).containsExactly("the boot key is mistyped");

    store.setWarnings();
    assertThat(warned.send(new NoUpdate()).isRight()).isTrue();
    assertThat(warned.warnings()).isEmpty();
  }

  @Test
  void returnsTheWarningsOfTheLastReadAfterAnEventThatIsSentAgain() {
    store.setWarnings("the boot key is mistyped");
    UpdateLifecycle warned = open(TestSettings.with(clock));
    store.failNext(Fault.UNKNOWN_NEW);

    assertThat(warned.send(new Check()).isLeft()).isTrue();
    assertThat(warned.send(new Check()).isRight()).isTrue();
    assertThat(warned.warnings()).containsExactly("the boot key is mistyped");
  }

  @Test
  void rejectsAsStaleIfAnotherProcessWroteFirst() {
    UpdateState theirs = SampleStates.in(Phase.STAGED);
    store.overwrite(theirs);

    assertThat(lifecycle.send(new Check(), 0))
        .isEqualTo(Either.left(new Stale(new Check(), 0, theirs)));
    assertThat(lifecycle.send(new Check(), 8))
        .isEqualTo(Either.left(new Stale(new Check(), 8, theirs)));
    assertThat(store.writes()).isZero();
    assertThat(lifecycle.send(new Activate(), 7).get().revision()).isEqualTo(8);
  }

  @Test
  void reportsStaleBeforeIllegal() {
    assertThat(lifecycle.send(new Confirm(), 5).getLeft()).isInstanceOf(Stale.class);
    assertThat(lifecycle.send(new Confirm(), 0).getLeft()).isInstanceOf(IllegalTransition.class);
  }

  @Test
  void aSecondThreadWaitsForTheFirst() throws Exception {
    CountDownLatch persisting = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    store.whenPersisting(() -> {
      persisting.countDown();
      awaitUninterrupted(goOn);
    });
    FutureTask<Either<Rejection, UpdateState>> first =
        new FutureTask<>(() -> lifecycle.send(new Check()));
    FutureTask<Either<Rejection, UpdateState>> second =
        new FutureTask<>(() -> lifecycle.send(new NoUpdate()));

    new Thread(first).start();
    persisting.await();
    Thread waiting = new Thread(second);
    waiting.start();
    while (waiting.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    assertThat(second).isNotDone();
    assertThat(lifecycle.state()).isEqualTo(fresh);
    goOn.countDown();
    assertThat(first.get().get().phase()).isEqualTo(Phase.CHECKING);
    assertThat(second.get().get().phase()).isEqualTo(Phase.IDLE);
    assertThat(store.stored().revision()).isEqualTo(2);
  }

  @Test
  void ofManyThreadsOneTakesEachStep() throws Exception {
    List<FutureTask<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      FutureTask<Integer> task = new FutureTask<>(() -> {
        int accepted = 0;
        for (int round = 0; round < 250; round++) {
          accepted += lifecycle.send(new Check()).isRight() ? 1 : 0;
          accepted += lifecycle.send(new NoUpdate()).isRight() ? 1 : 0;
        }
        return accepted;
      });
      tasks.add(task);
      new Thread(task).start();
    }
    int accepted = 0;
    for (FutureTask<Integer> task : tasks) {
      accepted += task.get();
    }

    assertThat(lifecycle.state().revision()).isEqualTo(accepted).isEqualTo(store.writes());
  }

  @ParameterizedTest
  @EnumSource
  void explainsAnEventAsItIsThenAnswered(Phase phase) {
    for (EventType type : EventType.values()) {
      store.overwrite(SampleStates.in(phase));
      UpdateLifecycle opened = open(TestSettings.with(clock));
      int writes = store.writes();

      Either<Rejection, UpdateState> explained = opened.explain(SampleStates.event(type));

      assertThat(store.writes()).isEqualTo(writes);
      assertThat(opened.state()).isEqualTo(SampleStates.in(phase));
      assertThat(opened.send(SampleStates.event(type))).isEqualTo(explained);
    }
  }

  @ParameterizedTest
  @EnumSource
  void explainsEveryTypeOfEventInEveryPhase(Phase phase) {
    store.overwrite(SampleStates.in(phase));
    UpdateLifecycle opened = open(TestSettings.with(clock));

    List<Explanation> explanations = opened.explain();

    assertThat(explanations.stream().map(Explanation::event)).containsExactly(EventType.values());
    for (Explanation explanation : explanations) {
      EventType type = explanation.event();
      assertThat(explanation.edge().isDefined())
          .isEqualTo(opened.explain(SampleStates.event(type)).isRight());
      assertThat(explanation.edge().map(Edge::event).getOrElse(type)).isEqualTo(type);
      assertThat(explanation.legalIn()).isNotEmpty();
      assertThat(explanation.legalIn().contains(phase))
          .isEqualTo(explanation.edge().isDefined());
    }
  }

  @Test
  void explainsWhatTheGuardsRequireOfADownload() {
    store.overwrite(SampleStates.in(Phase.FAILED).toBuilder()
        .attemptCount(3)
        .rolledBackVersions(List.of("v0"))
        .build());
    Explanation download = explanation(EventType.DOWNLOAD);

    assertThat(download.conditions().stream().map(condition -> condition.guard()))
        .containsExactly(Guard.NEW_TARGET, Guard.NOT_ROLLED_BACK, Guard.ATTEMPTS_LEFT);
    assertThat(download.conditions().stream().map(condition -> condition.requirement()))
        .containsExactly(
            "the target must differ from the running version",
            "the target must not have been rolled back before (v0), unless the event is forced",
            "the target must differ from v2, whose attempts are used up (3 of 3), unless the event is forced");
  }

  @Test
  void omitsAConditionThatEveryEventMeets() {
    assertThat(explanation(EventType.DOWNLOAD).conditions().stream().map(c -> c.guard()))
        .containsExactly(Guard.NEW_TARGET);
    assertThat(explanation(EventType.CHECK).conditions()).isEmpty();
  }

  @Test
  void usesTheConfiguredLimitOnAttempts() {
    store.overwrite(SampleStates.in(Phase.FAILED).toBuilder().attemptCount(3).build());
    Download again = new Download("v2", "v1");

    assertThat(open(TestSettings.with(clock)).explain(again).getLeft())
        .isInstanceOf(GuardDenied.class);
    assertThat(open(TestSettings.with(clock).withMaxAttempts(4)).explain(again).isRight())
        .isTrue();
    assertThat(open(TestSettings.with(clock).withMaxAttempts(0)).explain(again).isRight())
        .isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TestSettings.with(clock).withMaxAttempts(-1));
  }

  @Test
  void reconcilesInTheOrderOfTheEvents() {
    UpdateState staged = SampleStates.in(Phase.STAGED);
    store.overwrite(staged);

    ReconcileResult reconciled = lifecycle.reconcile("v2");

    assertThat(reconciled.refusal()).isEmpty();
    assertThat(reconciled.applied().stream().map(Transition::event))
        .containsExactly(new Activate(), new Verify("v2"));
    assertThat(reconciled.applied().get(0).before()).isEqualTo(staged);
    assertThat(reconciled.applied().get(0).after())
        .isEqualTo(reconciled.applied().get(1).before());
    assertThat(reconciled.applied().get(1).after())
        .isEqualTo(store.stored())
        .isEqualTo(lifecycle.state());
    assertThat(store.stored().phase()).isEqualTo(Phase.VERIFYING);
  }

  @Test
  void detectsARebootByTheBootId() {
    store.overwrite(SampleStates.in(Phase.ACTIVATED));

    assertThat(lifecycle.reconcile("v1").applied()).isEmpty();
    clock.reboot();
    assertThat(lifecycle.reconcile("v1").applied()).hasSize(1);
    assertThat(store.stored().lastError()).containsExactly("v1 runs instead of v2");
  }

  @Test
  void believesTheCallerThatTheDeviceRebooted() {
    store.overwrite(SampleStates.in(Phase.ACTIVATED));

    assertThat(lifecycle.reconcile("v1", Rebooted.YES).applied()).hasSize(1);
  }

  @Test
  void believesTheCallerThatTheDeviceDidNotReboot() {
    store.overwrite(SampleStates.in(Phase.ACTIVATED));
    clock.reboot();

    assertThat(lifecycle.reconcile("v1", Rebooted.NO).applied()).isEmpty();
  }

  @Test
  void comparesUptimesForKernelsThatHaveTheSameIdAtEveryBoot() {
    clock.advance(Duration.ofHours(1));
    UpdateState activated = lifecycle.send(new Download("v2", "v1")).get();
    assertThat(activated.boot()).isEqualTo(clock.boot());
    assertThat(lifecycle.send(new Stage()).isRight()).isTrue();
    assertThat(lifecycle.send(new Activate()).isRight()).isTrue();

    assertThat(lifecycle.reconcile("v1").applied()).isEmpty();
    clock.rebootWithTheSameId();
    assertThat(lifecycle.reconcile("v1").applied()).hasSize(1);
  }

  @Test
  void anUnknownBootIsNoRebootAndGivesAWarning() {
    store.overwrite(SampleStates.in(Phase.ACTIVATED));
    clock.hideBoot();

    ReconcileResult result = lifecycle.reconcile("v1");

    assertThat(result.applied()).isEmpty();
    assertThat(result.warning())
        .containsExactly(
            "it is unknown whether the device booted since activate, so v2 is not rolled"
                + " back although v1 runs");
    assertThat(lifecycle.reconcile("v1", Rebooted.YES).warning()).isEmpty();
  }

  @Test
  void stopsReconciliationAtTheFirstRejection() {
    store.overwrite(SampleStates.in(Phase.STAGED));
    store.whenPersisting(() -> {
      if (store.stored().phase() == Phase.ACTIVATED) {
        store.failNext(Fault.OLD);
      }
    });

    ReconcileResult reconciled = lifecycle.reconcile("v2");

    assertThat(reconciled.applied()).hasSize(1);
    assertThat(reconciled.refusal()).containsExactly(InMemoryStateStore.OLD);
    assertThat(store.stored().phase()).isEqualTo(Phase.ACTIVATED);
    store.whenPersisting(() -> {});
    assertThat(lifecycle.reconcile("v2").applied()).hasSize(1);
    assertThat(store.stored().phase()).isEqualTo(Phase.VERIFYING);
  }

  @Test
  void stopsReconciliationIfAnotherProcessWroteFirst() {
    store.overwrite(SampleStates.in(Phase.STAGED));
    UpdateState theirs = SampleStates.in(Phase.FAILED);
    store.whenLocked(() -> {
      if (store.stored().phase() == Phase.ACTIVATED) {
        store.overwrite(theirs);
      }
    });

    ReconcileResult reconciled = lifecycle.reconcile("v2");

    assertThat(reconciled.applied()).hasSize(1);
    assertThat(reconciled.refusal()).containsExactly(new Stale(new Verify("v2"), 8, theirs));
    assertThat(store.stored()).isEqualTo(theirs);
  }

  @Test
  void readsWhatAnotherProcessWroteBeforeItReconciles() {
    store.overwrite(SampleStates.in(Phase.DOWNLOADING));

    assertThat(lifecycle.reconcile("v1").applied()).isEmpty();
    assertThat(lifecycle.state()).isEqualTo(SampleStates.in(Phase.DOWNLOADING));
  }

  @Test
  void returnsUnreadableFromReconciliation() {
    store.setReadable(false);

    assertThat(lifecycle.reconcile("v1"))
        .isEqualTo(new ReconcileResult(
            List.of(), Option.some(InMemoryStateStore.UNREADABLE), Option.none()));
  }

  @Test
  void rejectsAnInvalidRunningVersion() {
    assertThatIllegalArgumentException().isThrownBy(() -> lifecycle.reconcile(" "));
  }

  @Test
  void saysWhatIsOverdueAndWhichEventEndsIt() {
    UpdateLifecycle limited = open(TestSettings.with(clock)
        .withDeadlines(new Deadlines(Map.of(Phase.CHECKING, Duration.ofMinutes(5)))));
    assertThat(limited.overdue()).isEmpty();
    assertThat(limited.send(new Check()).isRight()).isTrue();
    clock.advance(Duration.ofMinutes(5));
    assertThat(limited.overdue()).isEmpty();
    clock.setWallClock(ManualClock.START.minus(Duration.ofDays(20_000)));
    clock.advance(Duration.ofSeconds(1));

    UpdateEvent ending = limited.overdue().get().event();

    assertThat(ending).isEqualTo(new Fail("timed out in checking after 5m"));
    assertThat(limited.send(ending).get().phase()).isEqualTo(Phase.FAILED);
    assertThat(limited.overdue()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"CHECKING", "DOWNLOADING", "VERIFYING"})
  void endsWhatIsOverdueByAnEventThatIsLegal(Phase phase) {
    store.overwrite(SampleStates.in(phase));
    UpdateLifecycle opened = open(TestSettings.with(clock));
    clock.advance(Duration.ofHours(7));

    assertThat(opened.send(opened.overdue().get().event()).get().phase().isResting())
        .isTrue();
  }

  /** Checks that no thread keeps a lock, which would block the other one forever. */
  @Test
  void anotherThreadSendsAfterARefreshAndAnUnknownOutcome() throws Exception {
    assertThat(lifecycle.refresh().isRight()).isTrue();
    store.failNext(Fault.UNKNOWN_OLD);
    assertThat(lifecycle.send(new Check()).isLeft()).isTrue();

    FutureTask<Either<Rejection, UpdateState>> other =
        new FutureTask<>(() -> lifecycle.send(new Check()));
    new Thread(other).start();
    assertThat(other.get(30, TimeUnit.SECONDS).isRight()).isTrue();
  }

  @Test
  void rejectsEventsAfterClose() {
    lifecycle.close();
    lifecycle.close();

    assertThatIllegalStateException().isThrownBy(() -> lifecycle.send(new Check()));
    assertThatIllegalStateException().isThrownBy(() -> lifecycle.send(new Check(), 0));
    assertThat(store.writes()).isZero();
    assertThat(lifecycle.state()).isEqualTo(fresh);
  }

  @Test
  void rejectsReconciliationAfterClose() {
    lifecycle.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> lifecycle.reconcile("v1"))
        .withMessage("this lifecycle is closed");
    store.setReadable(false);
    assertThatIllegalStateException().isThrownBy(() -> lifecycle.reconcile("v1"));
  }

  @Test
  void closingWaitsForTheEventThatIsBeingHandled() throws Exception {
    CountDownLatch persisting = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    store.whenPersisting(() -> {
      persisting.countDown();
      awaitUninterrupted(goOn);
    });
    FutureTask<Either<Rejection, UpdateState>> sending =
        new FutureTask<>(() -> lifecycle.send(new Check()));
    new Thread(sending).start();
    persisting.await();
    Thread closing = new Thread(lifecycle::close);
    closing.start();
    while (closing.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    goOn.countDown();
    closing.join();

    assertThat(sending.get().isRight()).isTrue();
    assertThatIllegalStateException().isThrownBy(() -> lifecycle.send(new NoUpdate()));
  }

  @Test
  void readsThePresentBootOnLinux() {
    Boot first = LinuxBoot.now().get();
    Boot second = LinuxBoot.now().get();

    assertThat(first.id()).isEqualTo(second.id()).hasSize(36);
    assertThat(second.uptime()).isGreaterThanOrEqualTo(first.uptime()).isPositive();
  }

  private UpdateState memory() {
    return observed.state();
  }

  private Explanation explanation(EventType type) {
    return open(TestSettings.with(clock)).explain().stream()
        .filter(explanation -> explanation.event() == type)
        .findFirst()
        .orElseThrow();
  }

  private UpdateLifecycle open(LifecycleSettings settings) {
    return UpdateLifecycle.open(store, settings, Engine.SPRING.get()).get();
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
