package io.kubesolo.update.agent.testkit;

import io.kubesolo.update.agent.testkit.MemoryFiles.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Files of the machine below a directory. */
public final class RealFiles implements StoredFiles {
  private final Path root;

  /** The identity of the file that a path had when it was last read. */
  private final Map<String, Object> identities = new HashMap<>();

  private final Map<Object, Content> contents = new HashMap<>();

  public RealFiles(Path root) {
    this.root = root;
  }

  @Override
  public FileSystemProvider provider() {
    return FileSystems.getDefault().provider();
  }

  @Override
  public void putDirectory(String path) {
    doing(() -> Files.createDirectories(Path.of(path)));
  }

  @Override
  public void put(String path, Content content) {
    doing(() -> {
      Path file = Path.of(path);
      Files.deleteIfExists(file);
      Files.write(file, content.bytes());
      remember(path, identity(file), content);
      return file;
    });
  }

  @Override
  public void removeFilesExcept(Set<String> kept) {
    List<Path> files = doing(() -> {
      try (Stream<Path> walked = Files.walk(root)) {
        return walked.filter(Files::isRegularFile).toList();
      }
    });
    for (Path file : files) {
      if (!kept.contains(file.toString())) {
        doing(() -> Files.deleteIfExists(file));
      }
    }
  }

  @Override
  public @Nullable Content content(String path) {
    Path file = Path.of(path);
    if (!Files.isRegularFile(file)) {
      contents.remove(identities.getOrDefault(path, ""));
      return null;
    }
    return doing(() -> {
      Object identity = identity(file);
      byte[] bytes = Files.readAllBytes(file);
      Content known = contents.get(identity);
      Content content =
          known != null && Arrays.equals(known.bytes(), bytes) ? known : new Content(bytes);
      remember(path, identity, content);
      return content;
    });
  }

  /** Forgets the file that was at the path before, because another one may get its identity. */
  private void remember(String path, Object identity, Content content) {
    Object before = identities.put(path, identity);
    if (before != null && !before.equals(identity)) {
      contents.remove(before);
    }
    contents.put(identity, content);
  }

  private static Object identity(Path file) throws IOException {
    return Objects.requireNonNull(
        Files.readAttributes(file, BasicFileAttributes.class).fileKey());
  }

  private interface Action<T> {
    T run() throws IOException;
  }

  private static <T> T doing(Action<T> action) {
    try {
      return action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
