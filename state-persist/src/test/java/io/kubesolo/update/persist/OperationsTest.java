package io.kubesolo.update.persist;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Fault.Interrupt;
import io.kubesolo.update.persist.disk.Fault.IoFault;
import io.kubesolo.update.persist.disk.Operation;
import io.kubesolo.update.persist.disk.Operation.Kind;
import io.kubesolo.update.persist.disk.SimulatedProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The operations on the file system, in order: none is missing, and none is unnecessary. */
final class OperationsTest {
  private static Life life() {
    Life life = new Life(new Disk(Life.at(4)), Ledger.at(4));
    Life.required("the first lock file", life.event());
    life.process.injectFaults(operation -> null);
    return life;
  }

  private static String operations(Life life) {
    return life.process.operations().stream()
        .map(OperationsTest::line)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String line(Operation operation) {
    String path = operation.path().equals(Life.DIRECTORY)
        ? "."
        : operation.path().replace(Life.DIRECTORY + "/", "").replaceAll("[0-9a-f]{16}", "*");
    return operation.kind().name().toLowerCase(Locale.ROOT) + " " + path;
  }

  @Test
  void anEvent() {
    Life life = life();
    Life.required("event", life.event());
    assertThat(operations(life)).isEqualTo("""
        real_path .
        stat state.json.lock
        open state.json.lock
        lock state.json.lock
        stat state.json.lock
        stat state.json
        open state.json
        read state.json
        read state.json
        close state.json
        stat state.json.outcome
        stat .
        open .
        create .state.json.*.tmp
        write .state.json.*.tmp
        set_mode .state.json.*.tmp
        stat .state.json.*.tmp
        sync_file .state.json.*.tmp
        close .state.json.*.tmp
        stat state.json.lock
        create state.json.outcome
        stat state.json.outcome
        write state.json.outcome
        close state.json.outcome
        stat state.json.lock
        rename .state.json.*.tmp
        sync_directory .
        stat .
        close .
        unlink state.json.outcome
        stat .
        close state.json.lock
        """);
  }

  /**
   * Checks that the directory is listed only then: listing marks it as read, which makes each later
   * sync of it slower.
   */
  @Test
  void theDirectoryIsListedAgainAfterAnotherProcessChangedIt() throws IOException {
    Life life = life();
    SimulatedProcess other = new SimulatedProcess(life.process.disk());
    Path litter = other.path(Life.DIRECTORY + "/.state.json.0123456789abcdef.tmp");
    FileChannel.open(litter, CREATE_NEW, WRITE).close();
    Life.required("event", life.event());
    life.requireTidy();
    assertThat(operations(life)).contains("""
        close state.json
        stat state.json.outcome
        stat .
        list .
        next_entry .
        """);
  }

  @Test
  void theDirectoryIsListedAgainAfterThatFailed() {
    Life life = new Life(new Disk(Life.at(4)), Ledger.at(4));
    life.process.injectFaults(operation ->
        operation.kind() == Kind.LIST ? new IoFault("Input/output error", false) : null);
    Life.required("event", life.event());
    life.process.injectFaults(SimulatedProcess.NONE);
    Life.required("event", life.event());
    assertThat(operations(life)).contains("\nlist .\n");
  }

  @Test
  void whatAnInterruptedWriteCouldNotDeleteIsDeletedByTheNext() {
    Life life = life();
    boolean[] interrupted = {false};
    life.process.injectFaults(operation -> {
      if (operation.kind() == Kind.UNLINK && operation.path().endsWith(".tmp")) {
        return new IoFault("Input/output error", false);
      }
      boolean first = operation.kind() == Kind.WRITE && !interrupted[0];
      interrupted[0] |= first;
      return first ? new Interrupt(false) : null;
    });
    Life.required("event", life.event());
    assertThat(Thread.interrupted()).isTrue();
    assertThatThrownBy(life::requireTidy).hasMessageStartingWith("litter: ");

    life.process.injectFaults(SimulatedProcess.NONE);
    Life.required("event", life.event());
    life.requireTidy();
  }

  /**
   * Checks that the lock file stays open: closing it would release the lock of another holder in
   * this process.
   */
  @Test
  void theLockFileStaysOpenForTheNextTryIfItIsBusy() throws IOException {
    Life life = life();
    SimulatedProcess other = new SimulatedProcess(life.process.disk());
    FileChannel.open(other.path(Life.FILE + ".lock"), READ, WRITE).tryLock();
    assertThat(life.event().getLeft()).isInstanceOf(Busy.class);
    life.process.injectFaults(SimulatedProcess.NONE);
    assertThat(life.event().getLeft()).isInstanceOf(Busy.class);
    assertThat(operations(life)).isEqualTo("""
        real_path .
        lock state.json.lock
        stat state.json.lock
        """);
  }

  @Test
  void aRefusedEvent() {
    Life life = life();
    life.refusedEvent();
    assertThat(operations(life)).isEqualTo("""
        real_path .
        stat state.json.lock
        open state.json.lock
        lock state.json.lock
        stat state.json.lock
        stat state.json
        open state.json
        read state.json
        read state.json
        close state.json
        stat state.json.outcome
        close state.json.lock
        """);
  }

  @Test
  void aRead() {
    Life life = life();
    Life.required("read", life.read());
    assertThat(operations(life)).isEqualTo("""
        stat state.json
        open state.json
        read state.json
        read state.json
        close state.json
        """);
  }

  @Test
  void openSyncsTheDirectoryBeforeItReads() {
    Life life = life();
    Life.required("open", life.open());
    assertThat(operations(life)).isEqualTo("""
        open .
        sync_directory .
        stat .
        close .
        stat state.json
        open state.json
        read state.json
        read state.json
        close state.json
        stat state.json.outcome
        stat .
        """);
  }

  @Test
  void everyDirectoryIsDurableBeforeTheFirstLockFileIsCreated() {
    Life life = new Life(new Disk(Life.bare()), Ledger.EMPTY);
    Life.required("event", life.event());
    assertThat(operations(life)).contains("""
        make_directory .
        set_mode .
        stat /var/lib/kubesolo
        stat .
        open /var/lib/kubesolo
        sync_directory /var/lib/kubesolo
        stat /var/lib/kubesolo
        close /var/lib/kubesolo
        """).contains("""
        sync_directory /var/lib
        stat /var/lib
        close /var/lib
        stat /var
        open /var
        sync_directory /var
        stat /var
        close /var
        stat /
        open /
        sync_directory /
        stat /
        close /
        create state.json.lock
        close state.json.lock
        """);
  }
}
