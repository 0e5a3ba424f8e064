package io.kubesolo.update.agent.io;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notifies of changes to a file by inotify. Neither the file nor its directory need to exist yet.
 * A change that inotify does not report, such as a mount over a directory or a change by another
 * machine, is noticed within a few seconds; so is every change if inotify cannot be used, because
 * a limit of the kernel is reached or the directory may not be read.
 *
 * <p>For one thread at a time.
 */
public final class FileWatch implements AutoCloseable {
  /** How often the path is also read, because inotify does not report a mount. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(3);

  private final Path file;
  private final long lookAgainNanos;

  /** None if inotify cannot be used. */
  private @Nullable WatchService service;

  /** Each directory on the path to the file, and the names in it that matter. */
  private Map<WatchKey, Set<Path>> watched = new HashMap<>();

  /** What the path led to when the directories were last registered. */
  private Object identity = List.of();

  private FileWatch(Path file, Duration lookAgain, @Nullable WatchService service) {
    this.file = file;
    this.lookAgainNanos = lookAgain.toNanos();
    this.service = service;
  }

  /** Starts to watch. A caller that reads the file after this misses no change. */
  public static FileWatch of(Path file) {
    return of(file, LOOK_AGAIN);
  }

  static FileWatch of(Path file, Duration lookAgain) {
    Path path = file.toAbsolutePath();
    FileWatch watch = new FileWatch(path, lookAgain, newService(path));
    watch.register();
    return watch;
  }

  private static @Nullable WatchService newService(Path path) {
    try {
      return path.getFileSystem().newWatchService();
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  /**
   * Waits until the file may have changed since the last call, or since this was made.
   *
   * @param most how long to wait at most
   * @return whether it may have changed; false once the time is over
   * @throws InterruptedException if the thread is interrupted
   */
  public boolean await(Duration most) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    while (true) {
      long left = Math.max(0, end - System.nanoTime());
      WatchKey key = poll(Math.min(left, lookAgainNanos));
      if (key != null ? matters(key) : !identity().equals(identity)) {
        register();
        return true;
      }
      if (key == null && left <= lookAgainNanos) {
        return false;
      }
    }
  }

  private @Nullable WatchKey poll(long nanos) throws InterruptedException {
    if (service != null) {
      return service.poll(nanos, TimeUnit.NANOSECONDS);
    }
    TimeUnit.NANOSECONDS.sleep(nanos);
    return null;
  }

  /** Returns what differs if the path leads to another file, or to another content of it. */
  private Object identity() {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return List.of(String.valueOf(found.fileKey()), found.lastModifiedTime(), found.size());
    } catch (IOException e) {
      return List.of();
    }
  }

  private boolean matters(WatchKey key) {
    Set<Path> names = watched.getOrDefault(key, Set.of());
    boolean matters = false;
    for (WatchEvent<?> event : key.pollEvents()) {
      matters |= event.kind() == OVERFLOW || names.contains((Path) event.context());
    }
    return !key.reset() || matters;
  }

  private void register() {
    if (service != null) {
      try {
        register(service);
      } catch (IOException e) {
        close();
        service = null;
      }
    }
    identity = identity();
  }

  /**
   * Watches all directories from the root down to the first missing one. A directory that is made
   * in the meantime is either watched itself or noticed in the one above. A directory on the path
   * that cannot be read is skipped.
   */
  private void register(WatchService by) throws IOException {
    Map<WatchKey, Set<Path>> found = new HashMap<>();
    for (Path directory : ancestors()) {
      Path next = file.getName(directory.getNameCount());
      try {
        WatchKey key = directory.register(by, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
        Set<Path> names = found.getOrDefault(key, new HashSet<>());
        names.add(next);
        found.put(key, names);
      } catch (NoSuchFileException | NotDirectoryException e) {
        break;
      } catch (AccessDeniedException e) {
        if (directory.equals(file.getParent())) {
          throw e;
        }
      }
    }
    watched.keySet().stream().filter(key -> !found.containsKey(key)).forEach(WatchKey::cancel);
    watched = found;
  }

  /** Returns the directories on the path to the file, the root first. */
  private Deque<Path> ancestors() {
    Deque<Path> ancestors = new ArrayDeque<>();
    for (Path path = file.getParent(); path != null; path = path.getParent()) {
      ancestors.push(path);
    }
    return ancestors;
  }

  @Override
  public void close() {
    if (service != null) {
      try {
        service.close();
      } catch (IOException e) {
        // Nothing that was watched is lost by it.
      }
    }
  }
}
