package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.ProcessLock.Held;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interrupt closes a channel, and so releases its lock; this module prevents both. */
final class InterruptTest {
  private static final int PERSISTS = 2_000;
  private static final int OTHERS = 200;

  @TempDir
  private Path directory = Path.of("");

  private Device device() {
    return new Device(directory);
  }

  @Test
  void aStormOfInterruptsLosesNothingAndKeepsTheLockAgainstAnotherProcess() throws Exception {
    StateFile file = StateFile.at(device().path(), Device.CLOCK);
    String[] many = {"send-many", device().path().toString(), String.valueOf(OTHERS)};
    Process other =
        new ProcessBuilder(Child.java(many)).redirectErrorStream(true).start();
    Thread sender = Thread.currentThread();
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger storms = new AtomicInteger();
    Thread storm = new Thread(() -> {
      while (!stop.get()) {
        sender.interrupt();
        storms.incrementAndGet();
        LockSupport.parkNanos(10_000);
      }
    });
    int lostFlags = 0;
    storm.start();
    try {
      for (int i = 0; i < PERSISTS; i++) {
        sender.interrupt();
        long before = file.read().get().state().revision();
        UpdateState after = Device.persist(file, Device::counted).get();
        assertThat(after.revision()).isGreaterThan(before);
        lostFlags += sender.isInterrupted() ? 0 : 1;
      }
    } finally {
      stop.set(true);
      joinUninterrupted(storm);
    }
    Thread.interrupted();
    String output = new String(other.getInputStream().readAllBytes(), UTF_8);
    assertThat(other.waitFor()).as(output).isZero();
    assertThat(device().state().revision()).isEqualTo(PERSISTS + OTHERS);
    assertThat(lostFlags).isZero();
    assertThat(storms).hasValueGreaterThan(0);
    assertThat(device().entries()).containsOnlyKeys("state.json", "state.json.lock");
  }

  private static void joinUninterrupted(Thread thread) {
    boolean ended = false;
    while (!ended) {
      try {
        thread.join();
        ended = true;
      } catch (InterruptedException e) {
        ended = false;
      }
    }
  }

  @Test
  void everyOperationWorksOnAThreadThatIsInterruptedAlready() throws IOException {
    StateFile file = device().file();
    Thread.currentThread().interrupt();
    assertThat(file.open().isRight()).isTrue();
    assertThat(Device.persist(file, Device::counted).get().revision()).isEqualTo(1);
    assertThat(file.read().get().state().revision()).isEqualTo(1);
    assertThat(file.bytes().isRight()).isTrue();
    assertThat(Thread.interrupted()).isTrue();
    device().holding("broken");
    Thread.currentThread().interrupt();
    assertThat(file.repair().get().isDefined()).isTrue();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void missingDirectoriesAreCreatedOnAThreadThatIsInterruptedAlready() {
    Thread.currentThread().interrupt();
    Path path = directory.resolve("a/b/state.json");
    assertThat(Device.persist(StateFile.at(path, Device.CLOCK), Device::counted).isRight())
        .isTrue();
    assertThat(DurableFile.replace(directory.resolve("plain"), new byte[1])).isEmpty();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void anInterruptedThreadKeepsWaitingForTheLock() throws Exception {
    Held held = ProcessLock.acquire(device().lock(), Duration.ZERO).get();
    CountDownLatch started = new CountDownLatch(1);
    AtomicBoolean keptItsFlag = new AtomicBoolean();
    AtomicInteger revision = new AtomicInteger(-1);
    Thread waiter = new Thread(() -> {
      started.countDown();
      StateFile file = StateFile.at(device().path(), Device.CLOCK);
      revision.set((int) Device.persist(file, Device::counted).get().revision());
      keptItsFlag.set(Thread.currentThread().isInterrupted());
    });
    waiter.start();
    started.await();
    for (int i = 0; i < 100; i++) {
      awaitWaiting(waiter);
      waiter.interrupt();
    }
    awaitWaiting(waiter);
    assertThat(waiter.isAlive()).isTrue();
    assertThat(revision).hasValue(-1);
    held.close();
    waiter.join();
    assertThat(revision).hasValue(1);
    assertThat(keptItsFlag).isTrue();
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anInterruptedThreadKeepsWaitingForAnotherProcess() throws Exception {
    Process holder = new ProcessBuilder(Child.java("hold", device().path().toString()))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    assertThat(holder.getInputStream().read()).isEqualTo('h');
    Thread.currentThread().interrupt();
    assertThat(Device.persist(device().file(), Device::counted).isLeft()).isTrue();
    assertThat(Thread.interrupted()).isTrue();
    holder.getOutputStream().close();
    Thread.currentThread().interrupt();
    StateFile file = StateFile.at(device().path(), Device.CLOCK);
    assertThat(Device.persist(file, Device::counted).isRight()).isTrue();
    assertThat(Thread.interrupted()).isTrue();
    holder.waitFor();
  }

  @Test
  void aUnitThatAnInterruptCutShortIsRepeatedOnAThreadOfItsOwn() throws IOException {
    AtomicInteger runs = new AtomicInteger();
    Thread caller = Thread.currentThread();
    Uninterruptible.run(() -> {
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      if (runs.incrementAndGet() == 1) {
        assertThat(Thread.currentThread()).isSameAs(caller);
        throw new ClosedByInterruptException();
      }
      assertThat(Thread.currentThread()).isNotSameAs(caller);
    });
    assertThat(runs).hasValue(2);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whatAUnitThrowsOnItsOwnThreadReachesTheCaller() {
    for (Throwable thrown :
        new Throwable[] {new IOException("x"), new IllegalStateException("x"), new AssertionError()
        }) {
      AtomicBoolean again = new AtomicBoolean();
      Throwable caught = catchThrowable(() -> Uninterruptible.run(() -> {
        if (again.compareAndSet(false, true)) {
          throw new ClosedByInterruptException();
        }
        if (thrown instanceof IOException e) {
          throw e;
        }
        if (thrown instanceof RuntimeException e) {
          throw e;
        }
        throw (Error) thrown;
      }));
      assertThat(caught).isSameAs(thrown);
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
