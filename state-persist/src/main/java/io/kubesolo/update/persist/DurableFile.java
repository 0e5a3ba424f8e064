package io.kubesolo.update.persist;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Replaces small files so that a reader sees the old content or the new and nothing between, and so
 * that what was replaced stays replaced after a power cut. An interrupt of the calling thread
 * neither stops nor breaks it.
 */
public final class DurableFile {
  private static final Set<PosixFilePermission> MODE_0644 =
      PosixFilePermissions.fromString("rw-r--r--");
  private static final FileAttribute<Set<PosixFilePermission>> AT_MOST_0600 =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Set<PosixFilePermission> MODE_0755 =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final FileAttribute<Set<PosixFilePermission>> AT_MOST_0755 =
      PosixFilePermissions.asFileAttribute(MODE_0755);
  private static final Pattern UNIQUE = Pattern.compile("[0-9a-f]{16}");

  private DurableFile() {}

  /**
   * Replaces a file, or makes it, with mode 0644. Its directory must exist. The caller sees to it
   * that no other writer is at work on the same file.
   *
   * @param target the file; a symbolic link in its place is replaced, not followed
   * @param content the whole new content
   * @return none once the new content is durable; else which content is there now
   */
  public static Option<NotPersisted> replace(Path target, byte[] content) {
    return replaced(target.toAbsolutePath(), content).swap().toOption();
  }

  /** Replaces a file, and tells when its directory changed by that; none if litter may be left. */
  static Either<NotPersisted, Option<FileTime>> replaced(Path target, byte[] content) {
    Replacement replacement = new Replacement(target, content);
    try {
      Uninterruptible.run(replacement);
      return Either.right(Option.when(replacement.runs == 1, replacement.changed));
    } catch (IOException e) {
      return Either.left(replacement.failed(e));
    }
  }

  /** When names in a directory last changed; none where it cannot be told. */
  static Option<FileTime> lastChange(Path directory) {
    try {
      return Option.some(Files.readAttributes(directory, BasicFileAttributes.class))
          .map(BasicFileAttributes::lastModifiedTime);
    } catch (IOException e) {
      return Option.none();
    }
  }

  /**
   * Makes a directory and every missing one above it, with mode 0755, each of them durable.
   *
   * @param directory the directory
   * @return none once it is there; else why it cannot be
   */
  public static Option<NotPersisted> createDirectories(Path directory) {
    Deque<Path> missing = new ArrayDeque<>();
    Path existing = directory.toAbsolutePath();
    while (existing != null && !Files.isDirectory(existing)) {
      missing.push(existing);
      existing = existing.getParent();
    }
    for (Path next : missing) {
      try {
        createDirectory(next);
      } catch (IOException e) {
        String problem = "the directory cannot be made: " + IoErrorText.of(e);
        return Option.some(new NotPersisted(next.toString(), problem, Outcome.OLD));
      }
    }
    return Option.none();
  }

  private static void createDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, AT_MOST_0755);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
    try {
      setMode(directory, MODE_0755);
      sync(parentOf(directory));
    } catch (IOException e) {
      // The next to come makes it anew: a second sync would prove nothing after one that failed.
      remove(directory, e);
      throw e;
    }
  }

  private static void remove(Path path, Throwable cause) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** The directory of an absolute path. */
  static Path parentOf(Path path) {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }

  /**
   * Makes the names in a directory durable.
   *
   * @throws NoSuchFileException if there is no such directory
   * @throws IOException if it cannot be opened, or its file system cannot sync it
   */
  static void sync(Path directory) throws IOException {
    Uninterruptible.run(() -> {
      try (FileChannel channel = FileChannel.open(directory, READ)) {
        force(channel, directory);
      }
    });
  }

  /**
   * Syncs a directory that is open, and tells when it last changed. XFS calls a sync a success even
   * where it has shut itself down and wrote nothing, but then it does not tell that.
   */
  private static FileTime force(FileChannel channel, Path directory) throws IOException {
    channel.force(true);
    return Files.readAttributes(directory, BasicFileAttributes.class).lastModifiedTime();
  }

  /**
   * Makes the name of a directory durable, and those of all above it on the same file system. Who
   * made them may have died before it could.
   */
  static void syncNames(Path directory) throws IOException {
    Object device = device(directory);
    Path above = directory.getParent();
    while (above != null && device(above).equals(device)) {
      syncIfReadable(above);
      above = above.getParent();
    }
  }

  private static Object device(Path path) throws IOException {
    return Files.getAttribute(path, "unix:dev");
  }

  private static void syncIfReadable(Path directory) throws IOException {
    try {
      sync(directory);
    } catch (AccessDeniedException e) {
      // It belongs to somebody else, as does what is in it.
      return;
    }
  }

  /**
   * Deletes the stale temporary files of a file: {@code .NAME.<16 hexadecimal digits>.tmp}, as a writer
   * of this class names them, and {@code NAME.tmp}. The caller makes sure that no other writer is at
   * work on the same file. Those of other files in the directory are left, whatever their names.
   *
   * @param target the file
   * @return whether nothing of it is left
   */
  public static boolean deleteStale(Path target) {
    String name = String.valueOf(target.getFileName());
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(parentOf(target))) {
      for (Path entry : entries) {
        if (isTemporary(String.valueOf(entry.getFileName()), name)
            && !Files.isDirectory(entry, NOFOLLOW_LINKS)) {
          Files.deleteIfExists(target.resolveSibling(entry.getFileName()));
        }
      }
      return true;
    } catch (Exception e) {
      // Whatever it is (the JDK's close of a directory throws what it does not declare): litter
      // harms nobody, and the write that follows reports a directory that is out of order.
      return false;
    }
  }

  private static boolean isTemporary(String entry, String name) {
    String start = "." + name + ".";
    return entry.equals(name + ".tmp")
        || (entry.startsWith(start)
            && entry.endsWith(".tmp")
            && entry.length() > start.length() + ".tmp".length()
            && UNIQUE
                .matcher(entry.substring(start.length(), entry.length() - ".tmp".length()))
                .matches());
  }

  private static void setMode(Path path, Set<PosixFilePermission> mode) throws IOException {
    Files.getFileAttributeView(path, PosixFileAttributeView.class, NOFOLLOW_LINKS)
        .setPermissions(mode);
  }

  /** One replacement; begun anew, it makes a new temporary file. */
  private static final class Replacement implements Uninterruptible.Unit {
    private final Path target;
    private final byte[] content;
    private int runs;
    private boolean renaming;
    private FileTime changed = FileTime.fromMillis(0);

    Replacement(Path target, byte[] content) {
      this.target = target;
      this.content = content;
    }

    @Override
    public void run() throws IOException {
      runs++;
      Path parent = parentOf(target);
      try (FileChannel directory = FileChannel.open(parent, READ)) {
        Path temporary = temporary();
        try {
          write(temporary);
          renaming = true;
          Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException | Error e) {
          remove(temporary, e);
          throw e;
        }
        changed = DurableFile.force(directory, parent);
      }
    }

    private void write(Path temporary) throws IOException {
      try (FileChannel file =
          FileChannel.open(temporary, Set.of(CREATE_NEW, WRITE, NOFOLLOW_LINKS), AT_MOST_0600)) {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          file.write(rest);
        }
        setMode(temporary, MODE_0644);
        file.force(true);
      }
    }

    private Path temporary() {
      String unique = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
      return target.resolveSibling("." + target.getFileName() + "." + unique + ".tmp");
    }

    NotPersisted failed(IOException e) {
      return new NotPersisted(
          target.toString(),
          "cannot be written: " + IoErrorText.of(e),
          renaming ? Outcome.UNKNOWN : Outcome.OLD);
    }
  }
}
