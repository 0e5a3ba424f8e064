package io.kubesolo.update.agent.update;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** The folder of a walk, in memory if there is such a place: a walk makes a million files. */
final class WalkFolder implements AutoCloseable {
  private static final Path MEMORY = Path.of("/dev/shm");

  private final Path path;

  WalkFolder() throws IOException {
    path = Files.isWritable(MEMORY)
        ? Files.createTempDirectory(MEMORY, "device-walk-")
        : Files.createTempDirectory("device-walk-");
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    try (var paths = Files.walk(path)) {
      for (Path file : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
