package io.kubesolo.update.persist;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileLock;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The machine's own file system, which notes each operation on it and in which a fault can strike
 * before or after any of them.
 */
final class FaultyFileSystem extends FileSystem {
  /** What is done to a file or directory. */
  enum Kind {
    REAL_PATH,
    STAT,
    OPEN,
    CREATE,
    READ,
    WRITE,
    CHMOD,
    SYNC,
    CLOSE,
    LOCK,
    RENAME,
    DELETE,
    LIST,
    MKDIR
  }

  /**
   * One operation.
   *
   * @param kind what is done
   * @param path to what, by its path on the machine's own file system; the new name of a rename
   */
  record Call(Kind kind, Path path) {}

  /** What goes wrong. */
  interface Fault {
    /** Called before each operation and, where that succeeded, after it; what it throws, it throws. */
    void strike(Call call, boolean done) throws IOException;
  }

  /** What an operation does. */
  interface Action<T extends @Nullable Object> {
    T run() throws IOException;
  }

  static final Fault NONE = (call, done) -> {};

  private final FileSystem real = FileSystems.getDefault();
  private final FaultyProvider provider = new FaultyProvider(this, real.provider());
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private volatile Fault fault = NONE;
  private volatile int longestWrite = Integer.MAX_VALUE;

  /** A path of this file system. */
  Path path(Path path) {
    return new FaultyPath(this, path);
  }

  /** The operations so far, oldest first. */
  List<Call> calls() {
    return List.copyOf(calls);
  }

  /** From now on this goes wrong; operations are counted anew. */
  void arm(Fault next) {
    calls.clear();
    fault = next;
  }

  /** From now on a write takes no more than so many bytes. */
  void shortenWrites(int bytes) {
    longestWrite = bytes;
  }

  int longestWrite() {
    return longestWrite;
  }

  <T extends @Nullable Object> T call(Kind kind, Path path, Action<T> action) throws IOException {
    Call call = new Call(kind, path);
    calls.add(call);
    fault.strike(call, false);
    T result = action.run();
    try {
      fault.strike(call, true);
    } catch (Throwable e) {
      undo(result);
      throw e;
    }
    return result;
  }

  /** Whoever is told that an open or a lock failed holds nothing. */
  private static void undo(@Nullable Object result) throws IOException {
    if (result instanceof FaultyChannel channel) {
      channel.abandon();
    } else if (result instanceof InputStream in) {
      in.close();
    } else if (result instanceof FileLock lock) {
      lock.release();
    }
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return real.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return real.supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return path(real.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String pattern) {
    throw new UnsupportedOperationException();
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }
}
