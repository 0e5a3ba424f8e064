package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Reentrant;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.TransitionListener;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.InMemoryStateStore;
import io.kubesolo.update.core.testing.ManualClock;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The transitions of which listeners are notified; a listener does not affect the sender or another
 * listener.
 */
@Timeout(60)
final class ListenersTest {
  private static final Logger LOG = Logger.getLogger(UpdateLifecycle.class.getName());
  private static final Duration NEVER = Duration.ofDays(1);

  private final ManualClock clock = new ManualClock();
  private final UpdateState fresh = UpdateState.fresh(ManualClock.START);
  private final InMemoryStateStore store = new InMemoryStateStore(fresh);
  private final List<Transition> told = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch stuck = new CountDownLatch(1);
  private final Reports reports = new Reports();

  /** The warnings that are logged, kept out of the console. */
  private static final class Reports extends Handler {
    private volatile boolean failing;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void publish(LogRecord entry) {
      lines.add(entry.getMessage() + (entry.getThrown() == null ? "" : " " + entry.getThrown()));
      if (failing) {
        throw new IllegalStateException("the log is full");
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @BeforeEach
  void listenToTheLog() {
    LOG.addHandler(reports);
    LOG.setUseParentHandlers(false);
  }

  @AfterEach
  void letGo() {
    stuck.countDown();
    LOG.removeHandler(reports);
    LOG.setUseParentHandlers(true);
  }

  private UpdateLifecycle open(TransitionListener... listeners) {
    return UpdateLifecycle.open(
            store, TestSettings.with(clock).withListeners(listeners), new TableEngine())
        .get();
  }

  private void hang(Transition transition) {
    try {
      stuck.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(UpdateLifecycle lifecycle, int pairs) {
    for (int i = 0; i < pairs; i++) {
      assertThat(lifecycle.send(new Check()).isRight()).isTrue();
      assertThat(lifecycle.send(new NoUpdate()).isRight()).isTrue();
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("update-state listener"))
        .count();
  }

  @Test
  void eachIsNotifiedInOrderOnAThreadThatEndsAfterwards() throws Exception {
    List<Transition> alsoTold = Collections.synchronizedList(new ArrayList<>());
    UpdateLifecycle lifecycle = open(told::add, alsoTold::add);

    send(lifecycle, 200);
    lifecycle.close();

    assertThat(told)
        .extracting(transition -> transition.after().revision())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 400).boxed().toList());
    assertThat(alsoTold).isEqualTo(told);
    while (threads() > 0) {
      Thread.sleep(1);
    }
  }

  @Test
  void oneIsNotifiedOutsideEveryLock() {
    List<Object> seen = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch sent = new CountDownLatch(1);
    UpdateLifecycle lifecycle = open(transition -> {
      if (transition.after().revision() == 1) {
        await(sent);
      }
      seen.add(transition.after().phase());
    });

    assertThat(lifecycle.send(new Check()).isRight()).isTrue();
    assertThat(lifecycle.send(new NoUpdate()).isRight()).isTrue();
    sent.countDown();
    lifecycle.close();

    assertThat(seen).containsExactly(Phase.CHECKING, Phase.IDLE);
  }

  @Test
  void theirThreadsDoNotKeepTheProcessAlive() throws InterruptedException {
    List<Boolean> daemons = Collections.synchronizedList(new ArrayList<>());
    UpdateLifecycle lifecycle =
        open(transition -> daemons.add(Thread.currentThread().isDaemon()));
    Thread sender = new Thread(() -> lifecycle.send(new Check()));
    sender.setDaemon(false);

    sender.start();
    sender.join();
    lifecycle.close();

    assertThat(daemons).containsExactly(true);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatOneSendsIsRejected() {
    List<Either<Rejection, UpdateState>> answers = Collections.synchronizedList(new ArrayList<>());
    UpdateLifecycle[] lifecycle = {open()};
    lifecycle[0] = open(transition -> {
      answers.add(lifecycle[0].send(new NoUpdate()));
      answers.add(lifecycle[0].send(new NoUpdate(), 1));
    });

    assertThat(lifecycle[0].send(new Check()).isRight()).isTrue();
    lifecycle[0].close();

    assertThat(answers).containsOnly(Either.left(new Reentrant(new NoUpdate()))).hasSize(2);
    assertThat(store.writes()).isOne();
  }

  @Test
  void oneMayReadAndCloseButNotReconcile() {
    List<Object> answers = Collections.synchronizedList(new ArrayList<>());
    UpdateLifecycle[] lifecycle = {open()};
    lifecycle[0] = open(transition -> {
      answers.add(lifecycle[0].explain(new NoUpdate()).isRight());
      answers.add(lifecycle[0].state().phase());
      answers.add(lifecycle[0].reconcile("v1"));
      lifecycle[0].close();
      stuck.countDown();
    });

    assertThat(lifecycle[0].send(new Check()).isRight()).isTrue();
    await(stuck);

    assertThat(answers)
        .containsExactly(
            true,
            Phase.CHECKING,
            new ReconcileResult(
                List.of(), Option.some(new Reentrant(new Cancel())), Option.none()));
  }

  @Test
  void oneThatThrowsIsReportedAndAffectsNoOther() {
    TransitionListener throwing = transition -> {
      if (transition.after().phase() == Phase.IDLE) {
        throw new AssertionError("planted");
      }
      throw new IllegalStateException("planted");
    };
    UpdateLifecycle lifecycle = open(throwing, told::add);

    send(lifecycle, 1);
    lifecycle.close();

    assertThat(told)
        .extracting(transition -> transition.after().phase())
        .containsExactly(Phase.CHECKING, Phase.IDLE);
    assertThat(reports.lines)
        .containsExactly(
            "the listener " + throwing
                + " failed after check java.lang.IllegalStateException: planted",
            "the listener " + throwing
                + " failed after no_update java.lang.AssertionError: planted");
  }

  @Test
  void oneThatThrowsWhatItDoesNotDeclareIsNotifiedOfTheNextTransition() {
    List<Phase> seen = Collections.synchronizedList(new ArrayList<>());
    UpdateLifecycle lifecycle = open(new TransitionListener() {
      @Override
      public void onTransition(Transition transition) {
        seen.add(transition.after().phase());
        ListenersTest.<RuntimeException>sneak(new IOException("planted"));
      }

      @Override
      public String toString() {
        return "L";
      }
    });

    send(lifecycle, 1);
    lifecycle.close();

    assertThat(seen).containsExactly(Phase.CHECKING, Phase.IDLE);
    assertThat(reports.lines)
        .containsExactly(
            "the listener L failed after check java.io.IOException: planted",
            "the listener L failed after no_update java.io.IOException: planted");
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void oneWhoseFailureCannotEvenBeLoggedIsNotifiedOfTheNextTransition() {
    List<Phase> seen = Collections.synchronizedList(new ArrayList<>());
    UpdateLifecycle lifecycle = open(new TransitionListener() {
      @Override
      public void onTransition(Transition transition) {
        seen.add(transition.after().phase());
        throw new IllegalStateException("planted");
      }

      @Override
      public String toString() {
        throw new StackOverflowError("planted too");
      }
    });
    reports.failing = true;

    send(lifecycle, 1);
    lifecycle.close();

    assertThat(seen).containsExactly(Phase.CHECKING, Phase.IDLE);
    assertThat(reports.lines)
        .allMatch(line -> line.startsWith("the listener " + ListenersTest.class.getName() + "$"))
        .hasSize(2);
  }

  @Test
  void oneThatHangsDelaysNeitherASenderNorAnotherListener() {
    UpdateLifecycle lifecycle = open(this::hang, told::add);

    send(lifecycle, 300);

    assertThat(store.stored().revision()).isEqualTo(600);
    while (told.size() < 600) {
      Thread.onSpinWait();
    }
    stuck.countDown();
    lifecycle.close();
  }

  @Test
  void oneThatHangsIsReportedOnce() {
    TransitionListener hanging = this::hang;
    ListenerDispatcher dispatcher = new ListenerDispatcher(hanging, Duration.ZERO);
    Transition transition = new Transition(fresh, new Check(), fresh);

    dispatcher.dispatch(transition);
    dispatcher.dispatch(transition);
    dispatcher.dispatch(transition);
    dispatcher.finish();

    assertThat(reports.lines)
        .containsExactly("the listener " + hanging + " is busy with check for 0 s, and 0 wait");
  }

  @Test
  void oneThatStillHangsWhenTheLifecycleClosesIsReported() {
    TransitionListener hanging = this::hang;
    ListenerDispatcher dispatcher = new ListenerDispatcher(hanging, Duration.ofMillis(20));

    dispatcher.dispatch(new Transition(fresh, new Check(), fresh));
    dispatcher.finish();

    assertThat(reports.lines)
        .containsExactly("the listener " + hanging + " is busy with check for 0 s, and 0 wait");
  }

  @Test
  void whatOneThatHangsMissesIsReported() {
    TransitionListener hanging = this::hang;
    ListenerDispatcher dispatcher = new ListenerDispatcher(hanging, NEVER);
    Transition transition = new Transition(fresh, new Check(), fresh);

    for (int i = 0; i < ListenerDispatcher.MAX_QUEUED + 2; i++) {
      dispatcher.dispatch(transition);
    }

    assertThat(reports.lines)
        .hasSize(2)
        .containsOnly("the listener " + hanging + " is not notified of check: its queue is full");
  }

  @Test
  void anInterruptBeforeClosingIsKept() {
    ListenerDispatcher dispatcher = new ListenerDispatcher(this::hang, Duration.ofMillis(20));
    dispatcher.dispatch(new Transition(fresh, new Check(), fresh));
    Thread.currentThread().interrupt();

    dispatcher.finish();

    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void closingInterruptsNoThread() {
    UpdateLifecycle lifecycle = open(told::add);
    send(lifecycle, 1);

    lifecycle.close();

    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void anInterruptWhileClosingIsKept() {
    UpdateLifecycle lifecycle = open(this::hang, told::add);
    send(lifecycle, 1);
    Thread closing = Thread.currentThread();
    new Thread(() -> {
          closing.interrupt();
          stuck.countDown();
        })
        .start();

    lifecycle.close();

    while (!Thread.interrupted()) {
      Thread.onSpinWait();
    }
    assertThat(told).hasSize(2);
  }
}
