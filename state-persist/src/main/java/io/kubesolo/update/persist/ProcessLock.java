package io.kubesolo.update.persist;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.kubesolo.update.core.Arguments;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An exclusive lock on a file that serves no other purpose, among all threads of all processes of
 * one machine. The file is created with mode 0600 and never deleted; the kernel drops the lock of a
 * process that ends.
 *
 * <p>The kernel also drops it when the process closes <em>any</em> descriptor of the file. So each
 * lock file is opened in this one place, by one thread at a time, and a descriptor that may share
 * the file with another holder in this process is kept for the next try rather than closed.
 *
 * <p>If another program deletes or replaces the file, a lock on the old one excludes only
 * the processes that opened the old one. So a lock is valid only while its path leads to the
 * same inode.
 *
 * <p>Safe for use by several threads, which are served in the order of their calls.
 */
public final class ProcessLock {
  private static final Map<Path, ProcessLock> LOCKS = new ConcurrentHashMap<>();
  private static final long SHORTEST_PAUSE_NANOS = 200_000;
  private static final long LONGEST_PAUSE_NANOS = 5_000_000;
  private static final int MAX_REPLACEMENTS = 3;
  private static final Set<PosixFilePermission> MODE_0600 =
      PosixFilePermissions.fromString("rw-------");

  private final Path file;
  private final ReentrantLock turn = new ReentrantLock(true);
  private @Nullable FileChannel channel;

  /** The file key of the file that the channel is open on. */
  private Option<Object> key = Option.none();

  private ProcessLock(Path file) {
    this.file = file;
  }

  /** A lock that is held, until it is closed by the thread that acquired it. */
  public static final class Held implements AutoCloseable {
    private final ProcessLock lock;
    private volatile boolean released;

    private Held(ProcessLock lock) {
      this.lock = lock;
    }

    /**
     * Returns the real path of the lock file, which is the same for every path that leads to it.
     */
    Path file() {
      return lock.file;
    }

    /**
     * Checks that the lock has not been released.
     *
     * @throws IllegalStateException if it has
     */
    void requireHeld() {
      if (released) {
        throw new IllegalStateException("the lock " + lock.file + " was released before");
      }
    }

    /**
     * Checks that the lock is held, and that the path still leads to the file that is locked.
     *
     * @throws IOException if it does not, so that another process may hold the lock of a new file
     * @throws IllegalStateException if the lock was released
     */
    void requireCurrent() throws IOException {
      requireHeld();
      if (!isCurrent()) {
        throw new FileSystemException(
            lock.file.toString(),
            null,
            "the lock file " + lock.file + " was deleted or replaced meanwhile; send again");
      }
    }

    /** Returns whether the path still leads to the file that is locked. */
    boolean isCurrent() throws IOException {
      return lock.isCurrent();
    }

    /** Releases the lock, if this has not been done before. */
    @Override
    public void close() {
      if (!released) {
        released = true;
        lock.release();
      }
    }
  }

  /**
   * Acquires a lock. Creates missing directories. An interrupt of the calling thread is kept
   * for later.
   *
   * @param file the lock file
   * @param deadline how long to wait at most, for other threads and other processes together; zero
   *     is one try
   * @return the lock, or why it cannot be acquired
   * @throws IllegalStateException if the calling thread holds it already
   * @throws IllegalArgumentException if an argument is null
   */
  public static Either<StoreFailure, Held> acquire(Path file, Duration deadline) {
    Arguments.requireNonNull(file, "the lock file");
    Arguments.requireNonNull(deadline, "the deadline");
    Either<IOException, ProcessLock> lock = resolve(file.toAbsolutePath());
    if (lock.isLeft() && lock.getLeft() instanceof NoSuchFileException) {
      Option<NotPersisted> failure =
          DurableFile.createDirectories(DurableFile.parentOf(file.toAbsolutePath()));
      if (failure.isDefined()) {
        return Either.left(failure.get());
      }
      lock = resolve(file.toAbsolutePath());
    }
    return lock.isLeft()
        ? Either.left(unusable(file, lock.getLeft()))
        : lock.get().acquire(deadline);
  }

  private static Either<IOException, ProcessLock> resolve(Path file) {
    try {
      Path directory = DurableFile.parentOf(file).toRealPath();
      Path real = directory.resolve(String.valueOf(file.getFileName()));
      return Either.right(LOCKS.computeIfAbsent(real, ProcessLock::new));
    } catch (IOException e) {
      return Either.left(e);
    }
  }

  private Either<StoreFailure, Held> acquire(Duration deadline) {
    if (turn.isHeldByCurrentThread()) {
      throw new IllegalStateException(file + " is locked by this thread already");
    }
    long end = System.nanoTime() + deadline.toNanos();
    if (!waitForTurn(deadline.toNanos())) {
      return Either.left(busy(deadline));
    }
    boolean held = false;
    try {
      held = poll(end);
      return held ? Either.right(new Held(this)) : Either.left(busy(deadline));
    } catch (IOException e) {
      return Either.left(unusable(file, e));
    } finally {
      if (!held) {
        turn.unlock();
      }
    }
  }

  private boolean waitForTurn(long nanos) {
    long end = System.nanoTime() + nanos;
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return turn.tryLock(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean poll(long end) throws IOException {
    boolean interrupted = false;
    long pause = SHORTEST_PAUSE_NANOS;
    try {
      while (!tryOnce()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        LockSupport.parkNanos(Math.min(left, ThreadLocalRandom.current().nextLong(pause) + 1));
        interrupted |= Thread.interrupted();
        pause = Math.min(LONGEST_PAUSE_NANOS, pause * 2);
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean tryOnce() throws IOException {
    boolean[] locked = {false};
    Uninterruptible.run(() -> locked[0] = tryCurrent());
    return locked[0];
  }

  /** Tries the file that the path leads to, even if it is replaced meanwhile. */
  private boolean tryCurrent() throws IOException {
    for (int i = 0; i < MAX_REPLACEMENTS; i++) {
      FileChannel opened = open();
      boolean locked = tryLock(opened);
      if (keepIfCurrent(opened)) {
        return locked;
      }
    }
    throw new FileSystemException(
        file.toString(), null, "another program replaces the file again and again");
  }

  /** Closes a channel unless it is known to be open on the file that the path leads to. */
  private boolean keepIfCurrent(FileChannel opened) throws IOException {
    boolean current = false;
    try {
      current = isCurrent();
      return current;
    } finally {
      if (!current) {
        channel = null;
        opened.close();
      }
    }
  }

  /**
   * Returns whether the lock was acquired. It is not if another class loader of this process holds
   * it.
   */
  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private boolean isCurrent() throws IOException {
    return key.isDefined() && currentKey().equals(key);
  }

  private FileChannel open() throws IOException {
    FileChannel opened = channel;
    if (opened != null && opened.isOpen()) {
      return opened;
    }
    key = currentKey();
    if (key.isEmpty()) {
      create();
      key = currentKey();
    }
    opened = FileChannel.open(file, Set.of(READ, WRITE, NOFOLLOW_LINKS));
    channel = opened;
    return opened;
  }

  /**
   * Returns the file key of the file that the path leads to, or none if there is none. Java cannot
   * ask a channel for it. But no other file can have the inode number of an open one, so a path
   * that has the same key before and after it is opened was opened as that file.
   */
  private Option<Object> currentKey() throws IOException {
    try {
      BasicFileAttributes found =
          Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
      if (!found.isRegularFile()) {
        throw new FileSystemException(file.toString(), null, "not a regular file; remove it");
      }
      return Option.some(found.fileKey());
    } catch (NoSuchFileException e) {
      return Option.none();
    }
  }

  /** Creates the lock file. First makes its directory durable, before anything uses it. */
  private void create() throws IOException {
    Path directory = DurableFile.parentOf(file);
    DurableFile.syncNames(directory);
    try {
      FileChannel.open(file, Set.of(CREATE_NEW, WRITE, NOFOLLOW_LINKS), DurableFile.MODE_0600)
          .close();
    } catch (FileAlreadyExistsException e) {
      // Another process was faster.
      return;
    }
    try {
      // The umask may have taken rights away that the owner of the directory needs.
      DurableFile.setMode(file, MODE_0600);
      Directory.read(directory).giveToOwner(file);
    } catch (IOException e) {
      DurableFile.remove(file, e);
      throw e;
    }
  }

  private void release() {
    FileChannel held = channel;
    channel = null;
    try {
      if (held != null) {
        held.close();
      }
    } catch (IOException e) {
      // The kernel has nevertheless closed the descriptor, and dropped the lock.
      return;
    } finally {
      turn.unlock();
    }
  }

  private Busy busy(Duration deadline) {
    String problem = deadline.toSeconds() == 0
        ? "held by another process or thread; try again when it is done"
        : "held by others for " + Deadlines.inWords(deadline) + "; try again";
    return new Busy(file.toString(), problem);
  }

  private static NotPersisted unusable(Path file, IOException e) {
    return new NotPersisted(
        file.toString(), "the lock cannot be made: " + IoErrorText.of(e), Outcome.OLD);
  }
}
