package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rebooted;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.Reentrant;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.TransitionListener;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.InMemoryStateStore;
import io.kubesolo.update.core.testing.InMemoryStateStore.Fault;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A lifecycle with stores, engines, clocks and callers that break their contract. */
@Timeout(60)
final class EmbeddingTest {
  private final ManualClock clock = new ManualClock();
  private final UpdateState fresh = UpdateState.fresh(ManualClock.START);
  private final InMemoryStateStore memory = new InMemoryStateStore(fresh);
  private final Breakable store = new Breakable(memory);

  /** A store that does what a test says instead of its work. */
  private static final class Breakable implements StateStore {
    private final StateStore intact;
    private @Nullable Supplier<?> instead;

    Breakable(StateStore intact) {
      this.intact = intact;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // What a store returns that breaks its contract.
    private <T> T brokenOr(Supplier<T> answer) {
      return instead == null ? answer.get() : (T) instead.get();
    }

    @Override
    public Either<StoreFailure, Loaded> open() {
      return brokenOr(intact::open);
    }

    @Override
    public Either<StoreFailure, Loaded> read() {
      return brokenOr(intact::read);
    }

    @Override
    public <T> Either<Rejection, T> exclusively(
        BiFunction<Loaded, PersistListener, Either<Rejection, T>> work) {
      return brokenOr(() -> intact.exclusively(work));
    }
  }

  private UpdateLifecycle open(StateStore opened, TransitionListener... listeners) {
    return UpdateLifecycle.open(
            opened, TestSettings.with(clock).withListeners(listeners), new TableEngine())
        .get();
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> Object sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  private static Object fail(Throwable thrown) {
    return EmbeddingTest.<RuntimeException>sneak(thrown);
  }

  static Stream<Throwable> thrown() {
    return Stream.of(
        new IllegalStateException("planted\nline"),
        new IOException("planted\nline"),
        new AssertionError("planted\nline"));
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void aStoreThatThrowsIsAnUnknownOutcomeWithClassAndMessage(Throwable thrown) {
    UpdateLifecycle lifecycle = open(store);
    store.instead = () -> fail(thrown);

    NotPersisted answer = (NotPersisted) lifecycle.send(new Check()).getLeft();
    assertThat(answer.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(answer.message())
        .startsWith(Breakable.class.getName()
            + ": the store failed: "
            + thrown.getClass().getName()
            + ": planted\\u000aline; ")
        .hasLineCount(1);
    assertThat(UpdateLifecycle.open(store).getLeft()).isEqualTo(answer);
    assertThat(lifecycle.refresh().getLeft()).isInstanceOf(Unreadable.class);
    assertThat(lifecycle.reconcile("v1").refusal()).containsExactly(answer);
    assertThat(lifecycle.state()).isEqualTo(fresh);

    store.instead = null;
    assertThat(lifecycle.send(new Check()).isRight()).isTrue();
  }

  @Test
  void aStoreThatReturnsNullIsAnUnknownOutcome() {
    UpdateLifecycle lifecycle = open(store);
    store.instead = () -> null;

    assertThat(lifecycle.send(new Check()).getLeft().message()).contains("it returned null");
    assertThat(lifecycle.refresh().getLeft().message()).contains("it returned null");
    assertThat(UpdateLifecycle.open(store).getLeft().message()).contains("it returned null");
  }

  @Test
  void aStoreThatReturnsNoStateIsAFailureToo() {
    UpdateLifecycle lifecycle = open(store);
    store.instead = () -> Either.right(null);

    assertThat(lifecycle.send(new Check()).getLeft().message()).contains("it returned null");
    assertThat(lifecycle.refresh().getLeft().message()).contains("it returned null");
    assertThat(UpdateLifecycle.open(store).getLeft().message()).contains("it returned null");
    assertThat(lifecycle.state()).isEqualTo(fresh);
  }

  @Test
  void aStoreThatReturnsNoReasonIsAFailureToo() {
    UpdateLifecycle lifecycle = open(store);
    store.instead = () -> Either.left(null);

    assertThat(lifecycle.send(new Check()).getLeft().message()).contains("it returned null");
    assertThat(lifecycle.refresh().getLeft().message()).contains("it returned null");
    assertThat(UpdateLifecycle.open(store).getLeft().message()).contains("it returned null");
  }

  @SuppressWarnings("NullAway") // What a persist listener may return whose code is not checked.
  @Test
  void aPersistListenerThatReturnsNothingIsAnUnknownOutcome() {
    List<Supplier<Either<NotPersisted, UpdateState>>> answers =
        List.of(() -> null, () -> Either.left(null), () -> Either.right(null));
    for (Supplier<Either<NotPersisted, UpdateState>> answer : answers) {
      UpdateLifecycle lifecycle = open(new Unpersisted(memory, transition -> answer.get()));

      assertThat(lifecycle.send(new Check()).getLeft())
          .isInstanceOfSatisfying(NotPersisted.class, lost -> {
            assertThat(lost.outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(lost.message()).contains("it returned null");
          });
      assertThat(lifecycle.state()).isEqualTo(fresh);
    }
  }

  /** A store whose persist listener is another one. */
  private record Unpersisted(StateStore intact, PersistListener persistListener)
      implements StateStore {
    @Override
    public Either<StoreFailure, Loaded> open() {
      return intact.open();
    }

    @Override
    public Either<StoreFailure, Loaded> read() {
      return intact.read();
    }

    @Override
    public <T> Either<Rejection, T> exclusively(
        BiFunction<Loaded, PersistListener, Either<Rejection, T>> work) {
      return intact.exclusively((loaded, listener) -> work.apply(loaded, persistListener));
    }
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void whatAnEngineThrowsReachesTheCallerAndChangesNothing(Throwable thrown) {
    Throwable[] planted = {thrown};
    UpdateLifecycle lifecycle = lifecycle(() -> {
      if (planted[0] != null) {
        fail(planted[0]);
      }
      return clock.instant();
    });
    UpdateState theirs = SampleStates.in(Phase.CHECKING);
    memory.overwrite(theirs);

    assertThatThrownBy(() -> lifecycle.send(new NoUpdate())).isSameAs(thrown);
    assertThat(lifecycle.state()).isEqualTo(fresh);
    assertThat(memory.writes()).isZero();

    planted[0] = null;
    assertThat(inAnotherThread(() -> lifecycle.send(new NoUpdate()).isRight())).isTrue();
  }

  private UpdateLifecycle lifecycle(InstantSource source) {
    return UpdateLifecycle.open(
            memory, TestSettings.with(clock).withClock(source), new TableEngine())
        .get();
  }

  private static <T> T inAnotherThread(Supplier<T> action) {
    FutureTask<T> task = new FutureTask<>(action::get);
    new Thread(task).start();
    try {
      return task.get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Checks that each sender has one deadline, and none waits in this process before the deadline of
   * the store begins.
   */
  @Test
  void everySenderIsInTheStoreAtOnceHoweverManyWait() throws Exception {
    UpdateLifecycle lifecycle = open(store);
    CountDownLatch inside = new CountDownLatch(4);
    store.instead = () -> {
      inside.countDown();
      try {
        return Either.left(
            new Busy("/mem.lock", "all inside: " + inside.await(30, TimeUnit.SECONDS)));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    };
    List<FutureTask<String>> tasks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      FutureTask<String> task =
          new FutureTask<>(() -> lifecycle.send(new Check()).getLeft().message());
      tasks.add(task);
      new Thread(task).start();
    }
    for (FutureTask<String> task : tasks) {
      assertThat(task.get()).isEqualTo("/mem.lock: all inside: true");
    }
  }

  @Test
  void anEventThatIsSentFromWithinTheStoreIsReentrant() {
    UpdateLifecycle lifecycle = open(memory);
    List<Rejection> inner = new ArrayList<>();
    memory.whenLocked(() -> inner.add(lifecycle.send(new Cancel()).getLeft()));

    assertThat(lifecycle.send(new Check()).isRight()).isTrue();
    assertThat(inner).containsExactly(new Reentrant(new Cancel()));
  }

  @Test
  void anEventThatIsSentAgainAfterAnUnknownOutcomeIsAnsweredOnceAndListenersHearOfIt() {
    List<Transition> heard = Collections.synchronizedList(new ArrayList<>());
    UpdateLifecycle lifecycle = open(memory, heard::add);
    memory.failNext(Fault.UNKNOWN_NEW);

    assertThat(lifecycle.send(new Check(), 0)).isEqualTo(Either.left(InMemoryStateStore.UNKNOWN));
    UpdateState answer = lifecycle.send(new Check(), 0).get();
    assertThat(answer).isEqualTo(memory.stored()).isEqualTo(lifecycle.state());
    assertThat(memory.writes()).isOne();
    assertThat(lifecycle.send(new Check()).getLeft()).isInstanceOf(IllegalTransition.class);
    lifecycle.close();

    assertThat(heard).containsExactly(new Transition(fresh, new Check(), answer));
  }

  @Test
  void anotherLifecycleMaySendItAgainButItsListenersDoNotHearOfIt() {
    List<Transition> heard = Collections.synchronizedList(new ArrayList<>());
    UpdateLifecycle other = open(memory, heard::add);
    memory.failNext(Fault.UNKNOWN_NEW);
    assertThat(open(memory).send(new Check()).isLeft()).isTrue();

    assertThat(other.send(new NoUpdate(), 0).isLeft()).isTrue();
    assertThat(other.send(new Check(), 0).get()).isEqualTo(other.state());
    other.close();

    assertThat(heard).isEmpty();
  }

  @Test
  void listenersAreNotifiedOfAnEventOfUnknownOutcomeBeforeTheNextEvent() {
    List<Transition> heard = Collections.synchronizedList(new ArrayList<>());
    UpdateLifecycle lifecycle = open(memory, heard::add);
    memory.failNext(Fault.UNKNOWN_NEW);
    assertThat(lifecycle.send(new Check()).isLeft()).isTrue();
    UpdateState checked = memory.stored();

    assertThat(lifecycle.send(new Check()).isRight()).isTrue();
    UpdateState next = lifecycle.send(new NoUpdate()).get();
    memory.failNext(Fault.UNKNOWN_NEW);
    assertThat(lifecycle.send(new Check()).isLeft()).isTrue();
    UpdateState checkedAgain = memory.stored();
    UpdateState last = lifecycle.send(new NoUpdate()).get();
    lifecycle.close();

    assertThat(heard)
        .containsExactly(
            new Transition(fresh, new Check(), checked),
            new Transition(checked, new NoUpdate(), next),
            new Transition(next, new Check(), checkedAgain),
            new Transition(checkedAgain, new NoUpdate(), last));
  }

  @Test
  void listenersAreNotNotifiedOfAnEventWhoseWriteWasLost() {
    List<Transition> heard = Collections.synchronizedList(new ArrayList<>());
    UpdateLifecycle lifecycle = open(memory, heard::add);
    memory.failNext(Fault.UNKNOWN_OLD);
    assertThat(lifecycle.send(new Check()).isLeft()).isTrue();

    UpdateState next = lifecycle.send(new Download("v2", "v1")).get();
    lifecycle.close();

    assertThat(heard).containsExactly(new Transition(fresh, new Download("v2", "v1"), next));
  }

  @Test
  void anEventThatIsSentAgainAfterItsWriteWasLostIsANewOne() {
    UpdateLifecycle lifecycle = open(memory);
    memory.failNext(Fault.UNKNOWN_OLD);

    assertThat(lifecycle.send(new Check()).isLeft()).isTrue();
    assertThat(lifecycle.send(new Check()).get().revision()).isOne();
    assertThat(memory.writes()).isOne();
  }

  /**
   * Sends during a refresh. A store may have one connection, which either the reader or the event
   * holds.
   */
  @Test
  void anEventDoesNotWaitForARefreshWhoseResultIsThenOutdated() {
    UpdateLifecycle lifecycle = open(store);
    UpdateState[] sent = new UpdateState[1];
    store.instead = () -> {
      Object outdated = memory.read();
      store.instead = null;
      sent[0] = inAnotherThread(() -> lifecycle.send(new Check()).get());
      return outdated;
    };

    assertThat(lifecycle.refresh().get().phase()).isEqualTo(Phase.CHECKING);
    assertThat(lifecycle.state()).isEqualTo(sent[0]);
  }

  @Test
  void anEventDoesNotWaitForTheReadAfterAnUnknownOutcome() {
    UpdateLifecycle lifecycle = open(store);
    UpdateState[] sent = new UpdateState[1];
    memory.failNext(Fault.UNKNOWN_NEW);
    memory.whenPersisting(() -> store.instead = () -> {
      Object outdated = memory.read();
      store.instead = null;
      memory.whenPersisting(() -> {});
      sent[0] = inAnotherThread(() -> lifecycle.send(new NoUpdate()).get());
      return outdated;
    });

    assertThat(lifecycle.send(new Check()).isLeft()).isTrue();
    assertThat(lifecycle.state()).isEqualTo(sent[0]);
  }

  @Test
  void refreshReadsWhatAnotherProcessWroteAndNotifiesNoListener() {
    List<Transition> heard = Collections.synchronizedList(new ArrayList<>());
    UpdateLifecycle lifecycle = open(memory, heard::add);
    UpdateState theirs = SampleStates.in(Phase.STAGED);
    memory.overwrite(theirs);
    memory.setWarnings("odd");

    assertThat(lifecycle.state()).isEqualTo(fresh);
    assertThat(lifecycle.refresh()).isEqualTo(Either.right(theirs));
    assertThat(lifecycle.state()).isEqualTo(theirs);
    assertThat(lifecycle.warnings()).containsExactly("odd");
    assertThat(lifecycle.explain(new Cancel()).isRight()).isTrue();
    assertThat(lifecycle.explain(new Cancel(), new Check()).get().phase())
        .isEqualTo(Phase.CHECKING);
    assertThat(lifecycle.explain(new Check(), new Cancel()).isLeft()).isTrue();

    memory.setReadable(false);
    assertThat(lifecycle.refresh()).isEqualTo(Either.left(InMemoryStateStore.UNREADABLE));
    assertThat(lifecycle.state()).isEqualTo(theirs);
    lifecycle.close();
    assertThatThrownBy(lifecycle::refresh).hasMessage("this lifecycle is closed");
    assertThat(heard).isEmpty();
  }

  @SuppressWarnings("NullAway") // What an engine may return whose code is not checked.
  @Test
  void anEngineThatReturnsNothingIsABugThatReachesTheCaller() {
    List<Supplier<Either<Rejection, UpdateState>>> answers =
        List.of(() -> null, () -> Either.left(null), () -> Either.right(null));
    for (Supplier<Either<Rejection, UpdateState>> answer : answers) {
      LifecycleEngine engine = new LifecycleEngine() {
        @Override
        public Either<Rejection, UpdateState> decide(
            UpdateState state, UpdateEvent event, EventContext context) {
          return answer.get();
        }

        @Override
        public TransitionTable table() {
          return new TableEngine().table();
        }
      };
      UpdateLifecycle lifecycle =
          UpdateLifecycle.open(memory, TestSettings.with(clock), engine).get();

      assertThatThrownBy(() -> lifecycle.send(new Check())).hasMessage("the engine returned null");
      assertThatThrownBy(() -> lifecycle.explain(new Check()))
          .hasMessage("the engine returned null");
      assertThat(memory.writes()).isZero();
    }
  }

  @SuppressWarnings("NullAway") // What a caller may pass whose code is not checked.
  @Test
  void nullIsRefusedWithAMessage() {
    UpdateLifecycle lifecycle = open(memory);
    LifecycleSettings settings = LifecycleSettings.DEFAULT;
    InstantSource noClock = null;
    Supplier<Option<Boot>> noBoot = null;
    Deadlines noDeadlines = null;
    TransitionListener noListener = null;
    TransitionListener[] noListeners = null;
    Rebooted notSaid = null;

    assertNull("the event is null", () -> lifecycle.send(null));
    assertNull("the event is null", () -> lifecycle.send(null, 1));
    assertNull("the event is null", () -> lifecycle.explain(null));
    assertNull("the event is null", () -> lifecycle.explain(null, new Check()));
    assertNull("the event is null", () -> lifecycle.explain(new Check(), null));
    assertNull("rebooted is null", () -> lifecycle.reconcile("v1", notSaid));
    assertNull("the store is null", () -> UpdateLifecycle.open(null));
    assertNull("settings is null", () -> UpdateLifecycle.open(memory, null));
    assertNull("the engine is null", () -> UpdateLifecycle.open(memory, settings, null));
    assertNull("clock is null", () -> settings.withClock(noClock));
    assertNull("boot is null", () -> settings.withBoot(noBoot));
    assertNull("deadlines is null", () -> settings.withDeadlines(noDeadlines));
    assertNull("a listener is null", () -> settings.withListeners(noListener));
    assertNull("listeners is null", () -> settings.withListeners(noListeners));
    assertThatThrownBy(() -> lifecycle.reconcile(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("running_version is null");
    assertThat(lifecycle.send(new Check()).isRight()).isTrue();
  }

  private static void assertNull(String words, Runnable call) {
    assertThatIllegalArgumentException().isThrownBy(call::run).withMessage(words);
  }

  @SuppressWarnings("NullAway") // What a supplier may return whose code is not checked.
  @Test
  void aSourceOfTheBootThatReturnsNullIsNamed() {
    UpdateLifecycle lifecycle = UpdateLifecycle.open(
            memory, TestSettings.with(clock).withBoot(() -> null), new TableEngine())
        .get();

    assertNull("the boot that its source returned is null", () -> lifecycle.send(new Check()));
  }
}
