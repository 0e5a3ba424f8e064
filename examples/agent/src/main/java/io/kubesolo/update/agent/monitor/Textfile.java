package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.kubesolo.update.agent.io.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * A file for node_exporter's textfile collector, which reads either the old content or the new one.
 * It is not synced: after a power loss the next run replaces it.
 */
public final class Textfile {
  private static final int MAX_TRIES = 10;
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  /** A descriptor that another user gets before the mode is set stays writable. */
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  private static final Set<PosixFilePermission> PUBLIC =
      PosixFilePermissions.fromString("rw-r--r--");

  private final Path target;
  private final Path name;

  private Textfile(Path target, Path name) {
    this.target = target;
    this.name = name;
  }

  /**
   * Replaces a regular file, or creates one, with mode 0644. Refuses anything else in its place.
   * Deletes the temporary files of earlier processes that were killed.
   */
  public static void replace(Path file, String text) throws Failure {
    Path target = file.toAbsolutePath();
    Path name = target.getFileName();
    if (name == null
        || (Files.exists(target, NOFOLLOW_LINKS) && !Files.isRegularFile(target, NOFOLLOW_LINKS))) {
      throw Failure.at(
          file, "is not a regular file: name a regular file, or one that does not exist yet");
    }
    Textfile textfile = new Textfile(target, name);
    textfile.deleteStale();
    try {
      textfile.replace(text);
    } catch (IOException e) {
      Failure cause = Failure.at(file, e, "name a file in a directory that exists");
      throw Failure.of(Failure.Kind.NOT_PERSISTED, cause.message());
    }
  }

  /** Replaces the file. Tries again if another process has deleted the temporary file as stale. */
  private void replace(String text) throws IOException {
    for (int i = 1; ; i++) {
      Path temporary = temporary();
      try {
        write(temporary, text);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        return;
      } catch (NoSuchFileException e) {
        if (i == MAX_TRIES || Files.notExists(directory())) {
          throw e;
        }
      } catch (IOException e) {
        Files.deleteIfExists(temporary);
        throw e;
      }
    }
  }

  private static void write(Path temporary, String text) throws IOException {
    try (OutputStream out = Channels.newOutputStream(
        Files.newByteChannel(temporary, NEW, PosixFilePermissions.asFileAttribute(PRIVATE)))) {
      out.write(text.getBytes(UTF_8));
    }
    Files.setPosixFilePermissions(temporary, PUBLIC);
  }

  private Path temporary() {
    String unique = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    return target.resolveSibling("." + name + "." + unique + ".tmp");
  }

  private Path directory() {
    return target.resolveSibling("");
  }

  /** Deletes what earlier processes left. A directory that cannot be listed is left as it is. */
  private void deleteStale() {
    Pattern stale = Pattern.compile(Pattern.quote("." + name + ".") + "[0-9a-f]{16}\\.tmp");
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory())) {
      for (Path entry : entries) {
        if (stale.matcher(String.valueOf(entry.getFileName())).matches()
            && Files.isRegularFile(entry, NOFOLLOW_LINKS)) {
          Files.deleteIfExists(entry);
        }
      }
    } catch (IOException e) {
      // If something is wrong with the directory, the write that follows reports it.
      return;
    }
  }
}
