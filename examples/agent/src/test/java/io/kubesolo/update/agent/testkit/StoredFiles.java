package io.kubesolo.update.agent.testkit;

import io.kubesolo.update.agent.testkit.MemoryFiles.Content;
import java.nio.file.spi.FileSystemProvider;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files by their paths, which a test makes and reads past the file system that it watches. */
public interface StoredFiles {
  /** Returns the way to the same files for a file system. */
  FileSystemProvider provider();

  /** Creates a directory. */
  void putDirectory(String path);

  /** Creates a file, in whose place there may be another one. */
  void put(String path, Content content);

  /** Removes all files but some; directories stay. */
  void removeFilesExcept(Set<String> kept);

  /** Returns what a file holds, null if there is none; the same object as long as it is not written to. */
  @Nullable
  Content content(String path);
}
