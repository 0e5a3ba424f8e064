package io.kubesolo.update.persist;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Fault.IoFault;
import io.kubesolo.update.persist.disk.Operation;
import io.kubesolo.update.persist.disk.Operation.Kind;
import io.kubesolo.update.persist.disk.SimulatedProcess;
import io.vavr.control.Either;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Another program deletes or replaces the lock file while a process waits for it or holds it. */
final class LockFileTest {
  private static final UpdateEvent ROLLBACK = new UpdateEvent.Rollback("sick");

  private final Disk disk = new Disk(Life.at(4));

  private Life process() {
    return new Life(disk, Ledger.between(4, 9));
  }

  private void deleteLock() {
    try {
      Files.delete(new SimulatedProcess(disk).path(Life.FILE + ".lock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aWaiterTakesTheLockOfTheFileThatReplacedTheDeletedOne() {
    Life first = process();
    Life waiter = process();
    Life newcomer = process();
    first.process.onOperation(operation -> {
      if (operation.kind() == Kind.WRITE) {
        first.process.onOperation(later -> {});
        assertThat(waiter.event().getLeft()).isInstanceOf(Busy.class);
      }
    });
    Life.required("event", first.event());
    deleteLock();
    newcomer.process.onOperation(operation -> {
      if (operation.kind() == Kind.WRITE) {
        newcomer.process.onOperation(later -> {});
        assertThat(waiter.event().getLeft()).isInstanceOf(Busy.class);
      }
    });
    assertThat(Life.required("event", newcomer.event()).revision()).isEqualTo(6);
    assertThat(Life.required("event", waiter.event()).revision()).isEqualTo(7);
  }

  /** Checks that a file that is missing before and after it is opened does not count as the same one. */
  @Test
  void aLockFileThatIsDeletedTwiceWhileItIsOpenedIsNotHeld() {
    Life first = process();
    AtomicInteger looks = new AtomicInteger();
    first.process.onOperation(operation -> {
      if (!operation.path().endsWith(".lock")) {
        return;
      }
      if (operation.kind() == Kind.STAT && looks.incrementAndGet() == 3) {
        deleteLock();
      }
      if (operation.kind() == Kind.OPEN) {
        createLock();
      }
      if (operation.kind() == Kind.LOCK) {
        deleteLock();
        first.process.onOperation(later -> requireALockFileFor(later));
      }
    });
    Life.required("event", first.event());
  }

  private void requireALockFileFor(Operation operation) {
    if (operation.kind() == Kind.RENAME) {
      assertThat(Files.exists(new SimulatedProcess(disk).path(Life.FILE + ".lock")))
          .isTrue();
    }
  }

  private void createLock() {
    try {
      Files.newByteChannel(
              new SimulatedProcess(disk).path(Life.FILE + ".lock"), Set.of(CREATE_NEW, WRITE))
          .close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void nothingIsRenamedAfterTheLockFileWasReplaced() {
    Life first = process();
    Life newcomer = process();
    AtomicInteger writes = new AtomicInteger();
    first.process.onOperation(operation -> {
      boolean marks = operation.kind() == Kind.WRITE && operation.path().endsWith(".outcome");
      if (marks && writes.getAndIncrement() == 0) {
        deleteLock();
        Life.required("event", newcomer.event());
      }
    });
    Either<Rejection, UpdateState> answer = first.event();
    assertThat(Life.outcome(answer)).contains(Outcome.OLD);
    assertThat(answer.getLeft().message())
        .isEqualTo(Life.FILE
            + ": cannot be written: the lock file "
            + Life.FILE
            + ".lock was deleted or replaced meanwhile; send again; the old state is kept");
    assertThat(Life.required("read", process().read()).state().revision()).isEqualTo(5);
    assertThat(first.process.operations()).extracting(Operation::kind).doesNotContain(Kind.RENAME);
    Life.required("event", first.event());
    first.requireTidy();
  }

  /** Lets another process make the same revision by another event. */
  @Test
  void anEventThatWasNotWrittenIsNotAnswered() {
    Life first = process();
    first.process.onOperation(operation -> {
      if (operation.kind() == Kind.CREATE && operation.path().endsWith(".outcome")) {
        first.process.onOperation(later -> {});
        deleteLock();
        Life.required("event", store(process()).exclusively(LockFileTest::rollBack));
      }
    });
    assertThat(Life.outcome(first.event())).contains(Outcome.OLD);
    assertThat(isKnown(LegalPath.to(5).event())).isFalse();
  }

  @Test
  void noMarkIsReplacedAfterTheLockFileWasReplaced() {
    Life first = process();
    Life newcomer = process();
    first.process.onOperation(operation -> {
      if (operation.kind() == Kind.SYNC_FILE) {
        first.process.onOperation(later -> {});
        deleteLock();
        newcomer.process.injectFaults(
            fault -> fault.kind() == Kind.SYNC_DIRECTORY && fault.path().equals(Life.DIRECTORY)
                ? new IoFault("Input/output error", false)
                : null);
        assertThat(Life.outcome(store(newcomer).exclusively(LockFileTest::rollBack)))
            .contains(Outcome.UNKNOWN);
      }
    });
    assertThat(Life.outcome(first.event())).contains(Outcome.OLD);
    assertThat(isKnown(ROLLBACK)).isTrue();
    assertThat(isKnown(LegalPath.to(5).event())).isFalse();
  }

  private StateFile store(Life life) {
    return new StateFile(life.process.path(Life.FILE), Device.CLOCK, Duration.ZERO, life::boot);
  }

  /** Sends an event that is not on the legal path. */
  private static Either<Rejection, UpdateState> rollBack(
      Loaded loaded, PersistListener persistListener) {
    UpdateState before = loaded.state();
    UpdateState after = before.toBuilder()
        .revision(before.revision() + 1)
        .phase(Phase.ROLLED_BACK)
        .build();
    return Either.narrow(persistListener.onAccepted(new Transition(before, ROLLBACK, after)));
  }

  /** Returns whether an event that is sent again is known to have made the present state. */
  private boolean isKnown(UpdateEvent event) {
    return store(process())
        .<UpdateState>exclusively((loaded, persistListener) -> persistListener
            .onResent(event)
            .map(Either::<Rejection, UpdateState>narrow)
            .getOrElse(() -> Either.left(new NotPersisted(Life.FILE, "not known", Outcome.OLD))))
        .isRight();
  }

  @Test
  void aFileThatIsReplacedBetweenCheckAndOpenIsOpenedAgain() {
    Life first = process();
    Life.required("event", first.event());
    first.process.injectFaults(operation -> null);
    first.process.onOperation(operation -> {
      if (operation.kind() == Kind.OPEN && operation.path().endsWith(".lock")) {
        first.process.onOperation(later -> {});
        deleteLock();
        Life.required("event", process().event());
      }
    });
    assertThat(Life.required("event", first.event()).revision()).isEqualTo(7);
  }

  @Test
  void aLockFileThatIsReplacedAgainAndAgainIsReported() {
    Life first = process();
    first.process.onOperation(operation -> {
      if (operation.kind() == Kind.LOCK) {
        deleteLock();
        createLock();
      }
    });
    Either<Rejection, UpdateState> answer = first.event();
    assertThat(Life.outcome(answer)).contains(Outcome.OLD);
    assertThat(answer.getLeft().message())
        .isEqualTo(Life.FILE + ".lock: the lock cannot be made:"
            + " another program replaces the file again and again; the old state is kept");
    first.process.onOperation(operation -> {});
    Life.required("event", first.event());
  }

  @Test
  void aLockFileThatAnotherProcessCreatesFirstIsUsed() {
    Life first = process();
    first.process.onOperation(operation -> {
      if (operation.kind() == Kind.CREATE && operation.path().endsWith(".lock")) {
        createLock();
      }
    });
    Life.required("event", first.event());
    first.requireTidy();
  }
}
