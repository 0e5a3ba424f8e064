package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Image;
import io.kubesolo.update.persist.disk.Operation;
import io.vavr.control.Either;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** At each operation of one process, another one sends an event of its own. */
final class RivalTest {
  private static final Image.Directory START = Life.at(4);

  @Test
  void noEventIsLostToAConcurrentProcessAtAnyOperation() {
    int operation = 0;
    AtomicInteger busy = new AtomicInteger();
    while (rivals(operation, busy)) {
      operation++;
    }
    assertThat(operation).isGreaterThan(15);
    assertThat(busy.get()).as("times that the rival had to wait").isGreaterThan(10);
  }

  /** Runs one rival at one operation. Returns false if the process does fewer operations. */
  private static boolean rivals(int index, AtomicInteger busy) {
    Disk disk = new Disk(START);
    Life life = new Life(disk, Ledger.at(4));
    Life.required("the first lock file", life.event());
    AtomicInteger accepted = new AtomicInteger();
    life.process.injectFaults(operation -> null);
    life.process.onOperation(at(index, operation -> {
      Either<Rejection, UpdateState> answer = new Life(disk, Ledger.between(5, 7)).event();
      answer.peek(state -> accepted.incrementAndGet());
      answer.peekLeft(rejection -> {
        assertThat(rejection).isInstanceOf(Busy.class);
        busy.incrementAndGet();
      });
    }));
    long last = revisionAfterAnEventOf(life, disk);
    final int operations = life.process.operations().size();
    assertThat(last)
        .as("events accepted, with a rival at %s", life.process.operations())
        .isEqualTo(6 + accepted.get());
    return index < operations;
  }

  private static Consumer<Operation> at(int index, Consumer<Operation> what) {
    return operation -> {
      if (operation.index() == index) {
        what.accept(operation);
      }
    };
  }

  /** Sends an event as a process that does not know what another one was answered. */
  private static long revisionAfterAnEventOf(Life life, Disk disk) {
    StateFile file = new StateFile(life.process.path(Life.FILE), Device.CLOCK, Duration.ZERO);
    Either<Rejection, UpdateState> answer = file.exclusively((loaded, persistListener) ->
        Either.narrow(persistListener.onAccepted(LegalPath.after(loaded.state()))));
    assertThat(answer.isRight()).isTrue();
    return Life.required("read", new Life(disk, Ledger.between(5, 9)).read())
        .state()
        .revision();
  }

  @Test
  void aReaderAtAnyOperationSeesTheOldStateOrTheNew() {
    Disk disk = new Disk(START);
    Life life = new Life(disk, Ledger.at(4));
    AtomicInteger reads = new AtomicInteger();
    life.process.onOperation(operation -> {
      Life.required("read", new Life(disk, life.ledger()).read());
      reads.incrementAndGet();
    });
    Life.required("event", life.event());
    assertThat(reads.get()).isGreaterThan(20);
  }
}
