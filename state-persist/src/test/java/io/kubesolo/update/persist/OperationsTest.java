package io.kubesolo.update.persist;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Operation;
import io.kubesolo.update.persist.disk.SimulatedProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is asked of the file system, in order: nothing that is needed is left out, nothing added. */
final class OperationsTest {
  private static Life life() {
    Life life = new Life(new Disk(Life.at(4)), Ledger.at(4));
    Life.required("the first lock file", life.event());
    life.process.failing(operation -> null);
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
        stat state.json
        open state.json
        read state.json
        read state.json
        close state.json
        stat .
        open .
        create .state.json.*.tmp
        write .state.json.*.tmp
        set_mode .state.json.*.tmp
        sync_file .state.json.*.tmp
        close .state.json.*.tmp
        rename .state.json.*.tmp
        sync_directory .
        stat .
        close .
        close state.json.lock
        """);
  }

  /** To list a directory marks it as read, which makes each later sync of it slower. */
  @Test
  void theDirectoryIsListedAgainAfterOthersWereAtWorkInIt() throws IOException {
    Life life = life();
    SimulatedProcess other = new SimulatedProcess(life.process.disk());
    Path litter = other.path(Life.DIRECTORY + "/.state.json.0123456789abcdef.tmp");
    FileChannel.open(litter, CREATE_NEW, WRITE).close();
    Life.required("event", life.event());
    life.requireTidy();
    assertThat(operations(life)).contains("""
        close state.json
        stat .
        list .
        next_entry .
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
        stat state.json
        open state.json
        read state.json
        read state.json
        close state.json
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
  void openingSyncsTheDirectoryBeforeItReads() {
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
        stat .
        """);
  }

  @Test
  void everyDirectoryIsDurableBeforeTheFirstLockFileIsMade() {
    Life life = new Life(new Disk(Life.bare()), Ledger.EMPTY);
    Life.required("event", life.event());
    assertThat(operations(life)).contains("""
        make_directory .
        set_mode .
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
        """);
  }
}
