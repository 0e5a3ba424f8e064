package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.ProcessLock.Held;
import io.vavr.control.Either;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One writer at a time, in this process and among all. */
final class LockTest {
  @TempDir
  private Path directory = Path.of("");

  private Device device() {
    return new Device(directory);
  }

  private Either<StoreFailure, Held> tryLock() {
    return ProcessLock.acquire(device().lock(), Duration.ZERO);
  }

  private Busy busy() {
    return new Busy(
        device().lock().toString(), "held by another process or thread; try again when it is done");
  }

  /** Starts another process that holds the lock until it is closed. */
  private Process holder() throws IOException {
    Process process = new ProcessBuilder(Child.java("hold", device().path().toString()))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    assertThat(out.readLine()).isEqualTo("held");
    return process;
  }

  @Test
  void aListenerThatIsKeptRefusesToWriteWithoutTheLock() {
    KeptListener.assertRefuses(device().file());
    assertThat(device().path()).doesNotExist();
  }

  @Test
  void aLockOfAnotherProcessIsBusyUntilThatProcessIsKilled() throws Exception {
    device().holding(Device.WHOLE);
    Process holder = holder();
    try {
      Map<String, String> before = device().entries();
      assertThat(Device.persist(device().file(), Device::counted)).isEqualTo(Either.left(busy()));
      assertThat(device().file().repair()).isEqualTo(Either.left(busy()));
      assertThat(tryLock()).isEqualTo(Either.left(busy()));
      assertThat(device().file().read().isRight()).isTrue();
      assertThat(device().file().open().isRight()).isTrue();
      assertThat(device().entries()).isEqualTo(before);
    } finally {
      holder.destroyForcibly().waitFor();
    }
    assertThat(Device.persist(device().file(), Device::counted).get().revision())
        .isEqualTo(8);
  }

  @Test
  void aHeldLockIsReportedWithTheTimeWaited() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (Held held = tryLock().get()) {
      Duration second = Duration.ofSeconds(1);
      assertThat(other.submit(() -> ProcessLock.acquire(held.file(), second)).get())
          .isEqualTo(
              Either.left(new Busy(held.file().toString(), "held by others for 1s; try again")));
    } finally {
      other.shutdown();
    }
  }

  @Test
  void closingTwiceDoesNotReleaseTheLockOfTheNextHolder() throws Exception {
    Held first = tryLock().get();
    first.close();
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (Held second = tryLock().get()) {
      first.close();
      assertThat(second.file()).isEqualTo(first.file());
      assertThat(other.submit(this::tryLock).get()).isEqualTo(Either.left(busy()));
    } finally {
      other.shutdown();
    }
    tryLock().get().close();
  }

  @Test
  void waitsForAnotherProcessThatReleasesTheLockInTime() throws Exception {
    Process holder = holder();
    ExecutorService waiter = Executors.newSingleThreadExecutor();
    try {
      Future<Either<Rejection, UpdateState>> answer = waiter.submit(
          () -> Device.persist(StateFile.at(device().path(), Device.CLOCK), Device::counted));
      assertThat(tryLock().isLeft()).isTrue();
      holder.getOutputStream().close();
      assertThat(answer.get().get().revision()).isEqualTo(1);
    } finally {
      waiter.shutdown();
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void oneThreadAtATimeHoldsTheLock() throws Exception {
    int threads = 8;
    int each = 25;
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<?>> done = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      done.add(pool.submit(() -> {
        StateFile file = StateFile.at(device().path(), Device.CLOCK);
        for (int j = 0; j < each; j++) {
          Device.persist(file, state -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Thread.onSpinWait();
                inside.decrementAndGet();
                return Device.counted(state);
              })
              .get();
        }
      }));
    }
    pool.shutdown();
    for (Future<?> future : done) {
      future.get();
    }
    assertThat(most).hasValue(1);
    assertThat(device().state().revision()).isEqualTo((long) threads * each);
  }

  @Test
  void aThreadThatGivesUpLeavesTheHoldersLockInPlace() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (Held held = tryLock().get()) {
      assertThat(held.file()).isEqualTo(device().lock().toRealPath());
      assertThat(other.submit(this::tryLock).get()).isEqualTo(Either.left(busy()));
      assertThat(other
              .submit(() -> Device.persist(device().file(), Device::counted))
              .get())
          .isEqualTo(Either.left(busy()));
      assertThat(isBusyForAnotherProcess()).isTrue();
    } finally {
      other.shutdown();
    }
    assertThat(isBusyForAnotherProcess()).isFalse();
  }

  /**
   * Returns whether the lock is held according to the kernel, which needs no process to be started.
   */
  private boolean isBusyForAnotherProcess() throws IOException {
    Object inode = Files.getAttribute(device().lock(), "unix:ino");
    try (Stream<String> locks = Files.lines(Path.of("/proc/locks"))) {
      return locks.anyMatch(lock -> lock.contains(" WRITE ") && lock.contains(":" + inode + " "));
    }
  }

  @Test
  void aSecondLoadingOfTheModuleCountsAsAnotherHolderAndKeepsItsLock() throws Exception {
    try (URLClassLoader afresh = afresh()) {
      Class<?> other = afresh.loadClass(ProcessLock.class.getName());
      assertThat(other).isNotSameAs(ProcessLock.class);
      Method acquire = other.getMethod("acquire", Path.class, Duration.class);
      AutoCloseable theirs = taken(acquire.invoke(null, device().lock(), Duration.ZERO));
      assertThat(tryLock()).isEqualTo(Either.left(busy()));
      assertThat(Device.persist(device().file(), Device::counted)).isEqualTo(Either.left(busy()));
      assertThat(isBusyForAnotherProcess()).isTrue();
      theirs.close();
      assertThat(isBusyForAnotherProcess()).isFalse();
      try (Held ours = tryLock().get()) {
        Object refused = acquire.invoke(null, device().lock(), Duration.ZERO);
        assertThat(refused).asString().startsWith("Left(Busy");
        assertThat(isBusyForAnotherProcess()).isTrue();
        assertThat(ours.file()).exists();
      }
      taken(acquire.invoke(null, device().lock(), Duration.ZERO)).close();
      assertThat(Device.persist(device().file(), Device::counted).isRight()).isTrue();
    }
  }

  private static AutoCloseable taken(Object either) throws ReflectiveOperationException {
    Object held = either.getClass().getMethod("get").invoke(either);
    return (AutoCloseable) held;
  }

  private static URLClassLoader afresh() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String each : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      urls.add(Path.of(each).toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  @Test
  void theSameThreadMayNotLockTwice() throws IOException {
    device().holding(Device.WHOLE);
    StateFile file = device().file();
    Map<String, String> before = device().entries();
    assertThatThrownBy(() -> file.<UpdateState>exclusively(
            (loaded, persistListener) -> Device.persist(file, Device::counted)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(device().lock().toRealPath() + " is locked by this thread already");
    assertThatThrownBy(() -> file.<UpdateState>exclusively((loaded, persistListener) -> {
          throw new IllegalStateException("repaired: " + file.repair());
        }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith(" is locked by this thread already");
    Map<String, String> after = device().entries();
    after.remove("state.json.lock");
    assertThat(after).isEqualTo(before);
    assertThat(Device.persist(file, Device::counted).get().revision()).isEqualTo(8);
  }

  @Test
  void workThatThrowsReleasesTheLock() throws IOException {
    assertThatThrownBy(() -> device().file().<UpdateState>exclusively((loaded, persistListener) -> {
          throw new UnsupportedOperationException("a bug");
        }))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(isBusyForAnotherProcess()).isFalse();
    tryLock().get().close();
  }

  @Test
  void twoPathsToOneFileShareOneLock() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolveSibling("link"), directory);
    try {
      StateFile direct = device().file();
      StateFile linked = new StateFile(link.resolve("state.json"), Device.CLOCK, Duration.ZERO);
      StateFile dotted = new StateFile(
          directory.resolve("../" + directory.getFileName() + "/state.json"),
          Device.CLOCK,
          Duration.ZERO);
      for (StateFile other : List.of(linked, dotted)) {
        assertThatThrownBy(() -> direct.<UpdateState>exclusively(
                (loaded, persistListener) -> Device.persist(other, Device::counted)))
            .isInstanceOf(IllegalStateException.class);
        assertThat(Device.persist(other, Device::counted).isRight()).isTrue();
      }
      assertThat(direct.read().get().state().revision()).isEqualTo(2);
    } finally {
      Files.delete(link);
    }
  }

  @Test
  void zeroDeadlineIsOneTryThatSucceedsOnAFreeLock() {
    for (int i = 0; i < 3; i++) {
      tryLock().get().close();
    }
    assertThat(device().entries()).containsOnlyKeys("state.json.lock");
  }

  @Test
  void locksOfTwoFilesAreIndependent() {
    try (Held one = tryLock().get();
        Held other =
            ProcessLock.acquire(directory.resolve("other.lock"), Duration.ZERO).get()) {
      assertThat(one.file()).isNotEqualTo(other.file());
    }
  }

  @Test
  void isCreatedForItsOwnerOnlyAndNeverDeleted() throws IOException {
    StateFile file = device().file();
    Device.persist(file, Device::counted).get();
    Object key = Files.getAttribute(device().lock(), "unix:ino");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(device().lock())))
        .isEqualTo("rw-------");
    assertThat(device().lock()).isEmptyFile();
    device().holding("broken");
    file.repair().get();
    Device.persist(file, Device::counted).get();
    assertThat(Files.getAttribute(device().lock(), "unix:ino")).isEqualTo(key);
  }

  @Test
  void aSymbolicLinkInItsPlaceIsNotFollowed() throws IOException {
    Path target = Files.writeString(directory.resolve("precious"), "x");
    Files.createSymbolicLink(device().lock(), target);
    isUnusable();
    Files.delete(device().lock());
    Files.createSymbolicLink(device().lock(), directory.resolve("not-there"));
    isUnusable();
    assertThat(directory.resolve("not-there")).doesNotExist();
  }

  @Test
  void aDirectoryInItsPlaceIsAnError() throws IOException {
    Files.createDirectory(device().lock());
    isUnusable();
  }

  @Test
  void aFifoInItsPlaceIsAnErrorAndDoesNotBlock() throws Exception {
    Child.run("mkfifo", device().lock().toString());
    isUnusable();
  }

  /**
   * Checks that each operation that needs the lock is rejected, changes nothing, and says what to
   * remove.
   */
  private void isUnusable() throws IOException {
    device().holding(Device.WHOLE);
    Map<String, String> before = device().entries();
    String problem = "the lock cannot be made: not a regular file; remove it";
    Rejection refused = new NotPersisted(device().lock().toString(), problem, Outcome.OLD);
    assertThat(Device.persist(device().file(), Device::counted)).isEqualTo(Either.left(refused));
    assertThat(refused.message())
        .isEqualTo(device().lock() + ": " + problem + "; the old state is kept");
    assertThat(device().file().repair()).isEqualTo(Either.left(refused));
    assertThat(device().entries()).isEqualTo(before);
    assertThat(device().file().read().isRight()).isTrue();
  }

  @Test
  void aDeviceInItsPlaceIsAnError() {
    assertThat(ProcessLock.acquire(Path.of("/dev/null"), Duration.ZERO))
        .isEqualTo(Either.left(new NotPersisted(
            "/dev/null", "the lock cannot be made: not a regular file; remove it", Outcome.OLD)));
  }

  @Test
  void theLockWorksAgainAfterTheObstacleIsRemoved() throws IOException {
    Files.createDirectory(device().lock());
    assertThat(tryLock().isLeft()).isTrue();
    Files.delete(device().lock());
    tryLock().get().close();
    assertThat(device().lock()).isRegularFile();
  }

  @Test
  void aWaitingThreadGetsTheLockAfterTheHolder() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    StateFile file = StateFile.at(device().path(), Device.CLOCK);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      Future<Either<Rejection, UpdateState>> first =
          pool.submit(() -> Device.persist(file, state -> {
            inside.countDown();
            await(go);
            return Device.counted(state);
          }));
      inside.await();
      Future<Either<Rejection, UpdateState>> second =
          pool.submit(() -> Device.persist(file, Device::counted));
      assertThat(Device.persist(device().file(), Device::counted).isLeft()).isTrue();
      go.countDown();
      assertThat(first.get().get().revision()).isEqualTo(1);
      assertThat(second.get().get().revision()).isEqualTo(2);
    } finally {
      pool.shutdown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
