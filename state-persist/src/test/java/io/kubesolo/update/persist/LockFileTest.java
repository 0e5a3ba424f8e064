package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Operation;
import io.kubesolo.update.persist.disk.Operation.Kind;
import io.kubesolo.update.persist.disk.SimulatedProcess;
import io.vavr.control.Either;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Another program deletes or replaces the lock file while it is waited for or held. */
final class LockFileTest {
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
}
