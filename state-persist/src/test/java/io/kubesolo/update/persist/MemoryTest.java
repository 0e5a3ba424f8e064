package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Fault;
import io.kubesolo.update.persist.disk.Fault.ErrorFault;
import io.kubesolo.update.persist.disk.Image;
import io.kubesolo.update.persist.disk.SimulatedProcess;
import io.vavr.control.Either;
import io.vavr.control.Try;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The state in memory is never ahead of the disk; after a fault it still equals the disk. */
final class MemoryTest {
  private static final Image.Directory IDLE = Life.at(7);

  private final ManualClock clock = new ManualClock();
  private final Disk disk = new Disk(IDLE);
  private final SimulatedProcess process = new SimulatedProcess(disk);
  private final UpdateLifecycle lifecycle = UpdateLifecycle.open(
          file(process),
          LifecycleSettings.DEFAULT.withClock(clock).withBoot(clock::boot),
          new TableEngine())
      .get();

  private static StateFile file(SimulatedProcess process) {
    return new StateFile(process.path(Life.FILE), Device.CLOCK, Duration.ZERO);
  }

  private static UpdateState read(Disk disk) {
    return file(new SimulatedProcess(disk)).read().get().state();
  }

  @Test
  void memoryIsNeverNewerThanWhatAPowerLossLeaves() {
    List<Long> revisions = new ArrayList<>();
    List<String> ahead = new ArrayList<>();
    process.onOperation(operation -> {
      long memory = lifecycle.state().revision();
      disk.possibleAfterPowerLoss().stream()
          .filter(image -> read(new Disk(image)).revision() < memory)
          .forEach(image -> ahead.add("memory is ahead at " + operation));
      revisions.add(memory);
    });

    assertThat(lifecycle.send(new UpdateEvent.Check()).get().revision()).isEqualTo(8);

    assertThat(ahead).isEmpty();
    assertThat(revisions).contains(7L).hasSizeGreaterThan(20);
    assertThat(lifecycle.state().revision()).isEqualTo(8);
  }

  @Test
  void memoryIsWhatAReaderSeesAfterAFaultAtAnyOperation() {
    int operation = 0;
    while (sends(operation)) {
      operation++;
    }
    assertThat(operation).isGreaterThan(30);
  }

  /**
   * Sends one event for each fault at one operation. Returns false if there are fewer operations.
   */
  private static boolean sends(int index) {
    int operations = 0;
    for (Fault fault : FaultSweep.ALL) {
      operations = new MemoryTest().send(index, fault);
    }
    return index < operations;
  }

  private int send(int index, Fault fault) {
    UpdateState before = lifecycle.state();
    process.injectFaults(operation -> operation.index() == index ? fault : null);
    Try<Either<Rejection, UpdateState>> answer =
        Try.of(() -> lifecycle.send(new UpdateEvent.Check()));
    final int operations = process.operations().size();
    Thread.interrupted();
    process.injectFaults(operation -> null);
    String where = fault + " at " + index;
    if (answer.isSuccess()) {
      assertThat(lifecycle.state()).as(where).isEqualTo(read(disk));
      assertThat(lifecycle.state())
          .as(where)
          .isEqualTo(answer.get().fold(no -> expected(no, before), yes -> yes));
    } else {
      assertThat(fault).as(where).isInstanceOf(ErrorFault.class);
      assertThat(lifecycle.state()).as(where).isIn(before, read(disk));
    }
    assertThat(lifecycle.send(new UpdateEvent.Fail("again")).isRight())
        .as(where)
        .isEqualTo(lifecycle.state().revision() > 8);
    return operations;
  }

  /**
   * Returns the expected state: after an unknown outcome what a reader sees, otherwise the one
   * before.
   */
  private UpdateState expected(Rejection rejection, UpdateState before) {
    return Life.outcome(Either.left(rejection)).contains(Outcome.UNKNOWN) ? read(disk) : before;
  }
}
