package io.kubesolo.update.agent.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.WatchedFileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileWatchTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(100);

  @TempDir
  Path folder;

  /** A file system without notifications, as if other programs of the user had used them all up. */
  private final WatchedFileSystem system = new WatchedFileSystem(WatchedFileSystem.Watch.NONE);

  @Test
  void noticesChangesWithoutInotify() throws Exception {
    Path file = folder.resolve("state.json");
    try (FileWatch watch = FileWatch.of(system.watched(file))) {
      assertThat(watch.await(SHORT)).isFalse();
      Files.writeString(file, "{}");
      assertThat(watch.await(LONG)).isTrue();
      assertThat(watch.await(SHORT)).isFalse();
      Files.delete(file);
      assertThat(watch.await(LONG)).isTrue();
    }
  }

  @Test
  void looksAgainWithoutOpeningTheFile() throws Exception {
    List<Path> opened = new ArrayList<>();
    WatchedFileSystem noting = new WatchedFileSystem(new WatchedFileSystem.Watch() {
      @Override
      public void reading(Path path) {
        opened.add(path);
      }
    });
    Path file = Files.writeString(folder.resolve("state.json"), "{}");
    try (FileWatch watch = FileWatch.of(noting.watched(file), Duration.ofMillis(1))) {
      assertThat(watch.await(SHORT)).isFalse();
    }
    assertThat(opened).isEmpty();
  }
}
