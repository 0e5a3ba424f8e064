package io.kubesolo.update.agent.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.persist.DurableFile;
import io.vavr.control.Option;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;

/** Files that are read whole, and replaced or removed so that the change survives a power loss. */
public final class SmallFile {
  private static final int MAX_BYTES = 64 * 1024;

  private SmallFile() {}

  /** Makes a value of a JSON object. */
  @FunctionalInterface
  public interface JsonReader<T> {
    /** Returns the value, or throws a failure that does not name the file. */
    T read(JsonObject json) throws Failure;
  }

  /** Reads a file of at most 64 KiB. */
  public static byte[] read(Path file) throws Failure {
    byte[] bytes = readStart(file, MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw Failure.at(file, "has more than " + MAX_BYTES + " bytes");
    }
    return bytes;
  }

  /** Reads the first bytes of a file, and not of a fifo or device, which may never answer. */
  public static byte[] readStart(Path file, int maxBytes) throws Failure {
    try {
      if (Files.readAttributes(file, BasicFileAttributes.class).isOther()) {
        throw Failure.at(file, "is not a regular file; replace it by one");
      }
      try (InputStream in = Files.newInputStream(file)) {
        return in.readNBytes(maxBytes);
      }
    } catch (IOException e) {
      throw Failure.at(file, e);
    }
  }

  /** Reads a file that holds a JSON object. */
  public static <T> T readJson(Path file, JsonReader<T> reader) throws Failure {
    byte[] bytes = read(file);
    try {
      return reader.read(JsonObject.parse(bytes));
    } catch (Failure e) {
      throw e.at(file);
    }
  }

  /** Replaces a file that no other process writes. */
  public static void replace(Path file, byte[] bytes) throws Failure {
    DurableFile.deleteStale(file);
    check(DurableFile.replace(file, bytes));
  }

  /** Replaces a file that {@link #readJson} reads. */
  public static void replaceJson(Path file, Map<String, ?> values) throws Failure {
    replace(file, (JsonObject.write(values) + "\n").getBytes(UTF_8));
  }

  /** Creates a directory and those above it. */
  public static void createDirectory(Path directory) throws Failure {
    check(DurableFile.createDirectories(directory));
  }

  private static void check(Option<NotPersisted> failure) throws Failure {
    if (failure.isDefined()) {
      throw Failure.at(failure.get().path(), failure.get().problem());
    }
  }

  /** Removes a file if it exists. */
  public static void remove(Path file) throws Failure {
    try {
      if (Files.deleteIfExists(file)) {
        sync(file.resolveSibling("."));
      }
    } catch (IOException e) {
      throw Failure.at(file, e);
    }
  }

  /** Makes durable what another process may have renamed or removed before it ended. */
  public static void syncDirectory(Path directory) throws Failure {
    try {
      sync(directory);
    } catch (IOException e) {
      throw Failure.at(directory, e);
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
