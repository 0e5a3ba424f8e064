package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of the file system, in order: nothing that is needed is left out, nothing added. */
final class OperationsTest {
  @TempDir
  private Path directory = Path.of("");

  private Rig rig() throws IOException {
    Rig rig = Rig.in(directory);
    rig.send().get();
    rig.system().arm(FaultyFileSystem.NONE);
    return rig;
  }

  private String operations(Rig rig) {
    return rig.system().calls().stream()
        .map(call -> call.kind().name().toLowerCase(Locale.ROOT) + " "
            + directory.relativize(call.path()).toString().replaceAll("[0-9a-f]{16}", "*"))
        .map(String::strip)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  @Test
  void anEvent() throws IOException {
    Rig rig = rig();
    rig.send().get();
    assertThat(operations(rig)).isEqualTo("""
        real_path
        stat state.json.lock
        open state.json.lock
        lock state.json.lock
        stat state.json
        open state.json
        read state.json
        read state.json
        close state.json
        list
        open
        create .state.json.*.tmp
        write .state.json.*.tmp
        chmod .state.json.*.tmp
        sync .state.json.*.tmp
        close .state.json.*.tmp
        rename state.json
        sync
        close
        close state.json.lock
        """);
  }

  @Test
  void aRejectedEvent() throws IOException {
    Rig rig = rig();
    Rejection no = new NotPersisted("x", "y", Outcome.OLD);
    assertThat(rig.file().exclusively(session -> Either.left(no)).isLeft()).isTrue();
    assertThat(operations(rig)).isEqualTo("""
        real_path
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
  void aRead() throws IOException {
    Rig rig = rig();
    rig.file().read().get();
    assertThat(operations(rig)).isEqualTo("""
        stat state.json
        open state.json
        read state.json
        read state.json
        close state.json
        """);
  }

  @Test
  void openingSyncsTheDirectoryBeforeItReads() throws IOException {
    Rig rig = rig();
    rig.file().open().get();
    assertThat(operations(rig)).isEqualTo("""
        open
        sync
        close
        stat state.json
        open state.json
        read state.json
        read state.json
        close state.json
        stat
        """);
  }

  @Test
  void eachDirectoryThatIsMadeIsMadeDurableBeforeAnythingIsPutIntoIt() throws IOException {
    Rig rig = Rig.in(directory.resolve("a/b"));
    rig.send().get();
    assertThat(Files.exists(rig.device().path())).isTrue();
    assertThat(operations(rig)).startsWith("""
        real_path a/b
        stat a/b
        stat a
        stat
        mkdir a
        chmod a
        open
        sync
        close
        mkdir a/b
        chmod a/b
        open a
        sync a
        close a
        real_path a/b
        stat a/b/state.json.lock
        open a/b/state.json.lock
        """);
  }
}
