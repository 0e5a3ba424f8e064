package io.kubesolo.update.persist;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.kubesolo.update.core.Arguments;
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
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Replaces small files atomically and durably: a reader sees the old content or the new one, and
 * after a power loss the new one is still there. An interrupt of the calling thread is kept for
 * later and does not stop a replacement.
 */
public final class DurableFile {
  /** The ending of the names of temporary files. */
  static final String TEMPORARY = ".tmp";

  private static final Set<PosixFilePermission> MODE_0644 =
      PosixFilePermissions.fromString("rw-r--r--");
  static final FileAttribute<Set<PosixFilePermission>> MODE_0600 =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Set<PosixFilePermission> MODE_0755 =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final FileAttribute<Set<PosixFilePermission>> AT_MOST_0755 =
      PosixFilePermissions.asFileAttribute(MODE_0755);
  private static final int UNIQUE_DIGITS = 16;

  private DurableFile() {}

  /**
   * Replaces a file, or creates it, with mode 0644. Its directory must exist. The caller makes sure
   * that no other writer works on the same file.
   *
   * @param target the file; a symbolic link in its place is replaced, not followed
   * @param content the whole new content
   * @return none once the new content is durable; else which content is there now
   * @throws IllegalArgumentException if an argument is null
   */
  public static Option<NotPersisted> replace(Path target, byte[] content) {
    Path file = Arguments.requireNonNull(target, "the file").toAbsolutePath();
    Arguments.requireNonNull(content, "the content");
    Either<NotPersisted, Directory> directory = directoryOf(file);
    return directory.isLeft()
        ? Option.some(directory.getLeft())
        : replaced(directory.get(), file, content, () -> {}).swap().toOption();
  }

  /** Looks at the directory of a file that is to be replaced. */
  static Either<NotPersisted, Directory> directoryOf(Path target) {
    try {
      return Either.right(Directory.read(parentOf(target)));
    } catch (IOException e) {
      return Either.left(new NotPersisted(target.toString(), notWritten(e), Outcome.OLD));
    }
  }

  private static String notWritten(IOException e) {
    return "cannot be written: " + IoErrorText.of(e);
  }

  /**
   * Replaces a file.
   *
   * @param directory the directory of the file, as it was right before
   * @param beforeRename runs when the new content is complete under a temporary name; if it throws,
   *     the file is not replaced
   * @return whether no temporary file can be left; or which content is there now
   */
  static Either<NotPersisted, Boolean> replaced(
      Directory directory, Path target, byte[] content, Uninterruptible.Unit beforeRename) {
    Replacement replacement = new Replacement(directory, target, content, beforeRename);
    try {
      Uninterruptible.run(replacement);
      return Either.right(replacement.runs == 1);
    } catch (IOException e) {
      return Either.left(replacement.failed(e));
    }
  }

  /**
   * Creates a directory and every missing one above it, with mode 0755, and makes each durable.
   *
   * @param directory the directory
   * @return none once it exists; else why it cannot be created
   * @throws IllegalArgumentException if the directory is null
   */
  public static Option<NotPersisted> createDirectories(Path directory) {
    Deque<Path> missing = new ArrayDeque<>();
    Path existing = Arguments.requireNonNull(directory, "the directory").toAbsolutePath();
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
      Directory.read(parentOf(directory)).giveToOwner(directory);
      sync(parentOf(directory));
    } catch (IOException e) {
      // The next caller creates it again, because a second sync proves nothing after a failed one.
      remove(directory, e);
      throw e;
    }
  }

  static void remove(Path path, Throwable cause) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Returns the directory of an absolute path. */
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
   * Syncs an open directory, and reads its attributes. XFS reports a sync as a success after it has
   * shut itself down and written nothing, but then its attributes cannot be read.
   */
  private static void force(FileChannel channel, Path directory) throws IOException {
    channel.force(true);
    Files.readAttributes(directory, BasicFileAttributes.class);
  }

  /**
   * Makes the name of a directory durable, and those of all directories above it on the same file
   * system. The process that created them may have crashed before it did.
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
      // Only its owner can have created something in it.
      return;
    }
  }

  /**
   * Deletes the stale temporary files of a file: {@code .NAME.<16 hexadecimal digits>.tmp}, as a
   * writer of this class names them, {@code NAME.outcome.tmp} of its mark, and {@code NAME.tmp}.
   * Those of other files in the directory are left, whatever their names. The caller makes sure that
   * no other writer works on the same file.
   *
   * @param target the file
   * @return whether none is left
   * @throws IllegalArgumentException if the target is null
   */
  public static boolean deleteStale(Path target) {
    Arguments.requireNonNull(target, "the target");
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
      // Closing a directory throws exceptions that the JDK does not declare. A stale file does no
      // harm, and a broken directory is reported by the write that follows.
      return false;
    }
  }

  private static boolean isTemporary(String entry, String name) {
    String start = "." + name + ".";
    return entry.equals(name + TEMPORARY)
        || entry.equals(name + OutcomeMarkFile.ENDING + TEMPORARY)
        || (entry.startsWith(start)
            && entry.endsWith(TEMPORARY)
            && entry.length() == start.length() + UNIQUE_DIGITS + TEMPORARY.length()
            && isHex(entry.substring(start.length(), start.length() + UNIQUE_DIGITS)));
  }

  private static boolean isHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789abcdef".indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  static void setMode(Path path, Set<PosixFilePermission> mode) throws IOException {
    Files.getFileAttributeView(path, PosixFileAttributeView.class, NOFOLLOW_LINKS)
        .setPermissions(mode);
  }

  /** Returns why a rename was refused before it changed anything; none if it may have. */
  private static Option<String> refusal(FileSystemException failure, Path target) {
    if (MountPoint.prevents(failure, target)) {
      return Option.some(MountPoint.advice(target));
    }
    return Option.when(
        isForbidden(failure),
        () -> "cannot be replaced: "
            + IoErrorText.of(failure)
            + "; it is immutable or append-only (lsattr shows it),"
            + " or belongs to another user in a directory with the sticky bit");
  }

  /**
   * Returns whether the kernel forbade something, which it checks before it asks the file system.
   * In another locale the text is another one, and then the outcome counts as unknown.
   */
  private static boolean isForbidden(FileSystemException failure) {
    return failure instanceof AccessDeniedException
        || "Operation not permitted".equals(failure.getReason());
  }

  /** One replacement; if it runs again, it creates a new temporary file. */
  private static final class Replacement implements Uninterruptible.Unit {
    private final Directory parent;
    private final Path target;
    private final byte[] content;
    private final Uninterruptible.Unit beforeRename;
    private int runs;
    private boolean renaming;
    private Option<String> refused = Option.none();

    Replacement(Directory parent, Path target, byte[] content, Uninterruptible.Unit beforeRename) {
      this.parent = parent;
      this.target = target;
      this.content = content;
      this.beforeRename = beforeRename;
    }

    @Override
    public void run() throws IOException {
      runs++;
      try (FileChannel directory = FileChannel.open(parent.path(), READ)) {
        Path temporary = temporary();
        try {
          write(temporary);
          beforeRename.run();
          rename(temporary);
        } catch (IOException | RuntimeException | Error e) {
          remove(temporary, e);
          throw e;
        }
        syncUnderNewName();
        DurableFile.force(directory, parent.path());
      }
    }

    private void rename(Path temporary) throws IOException {
      boolean renamedBefore = renaming;
      try {
        renaming = true;
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        refused = refusal(e, target);
        renaming = renamedBefore || refused.isEmpty();
        throw e;
      }
    }

    private void syncUnderNewName() throws IOException {
      if (FileSystemType.needsSyncUnderNewName(parent)) {
        try (FileChannel renamed = FileChannel.open(target, Set.of(READ, NOFOLLOW_LINKS))) {
          renamed.force(true);
        }
      }
    }

    private void write(Path temporary) throws IOException {
      try (FileChannel file =
          FileChannel.open(temporary, Set.of(CREATE_NEW, WRITE, NOFOLLOW_LINKS), MODE_0600)) {
        ByteBuffer rest = ByteBuffer.wrap(content);
        while (rest.hasRemaining()) {
          file.write(rest);
        }
        setMode(temporary, MODE_0644);
        parent.giveToOwner(temporary);
        file.force(true);
      }
    }

    private Path temporary() {
      String unique = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
      return target.resolveSibling("." + target.getFileName() + "." + unique + TEMPORARY);
    }

    NotPersisted failed(IOException e) {
      return new NotPersisted(
          target.toString(),
          refused.getOrElse(() -> notWritten(e)),
          renaming ? Outcome.UNKNOWN : Outcome.OLD);
    }
  }
}
