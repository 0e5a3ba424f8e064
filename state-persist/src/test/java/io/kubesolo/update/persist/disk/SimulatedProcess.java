package io.kubesolo.update.persist.disk;

import io.kubesolo.update.persist.disk.Fault.ErrorFault;
import io.kubesolo.update.persist.disk.Fault.InjectedError;
import io.kubesolo.update.persist.disk.Fault.Interrupt;
import io.kubesolo.update.persist.disk.Fault.IoFault;
import io.kubesolo.update.persist.disk.Operation.Kind;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The disk as one process sees it: a {@link FileSystem} for {@code Files} and {@code FileChannel}.
 * Two processes have no path in common, so nothing that the code under test remembers by its paths
 * passes from one to the other. A callback can observe each operation, and faults can be injected.
 *
 * <p>Files and directories are created under the umask 000. What is not simulated throws an {@link
 * UnsupportedOperationException} that says so: renames to another directory, hard links, memory
 * mapping, shared locks, watching, owners by name. A lock that another process holds is not waited
 * for.
 *
 * <p>For use by one thread.
 */
public final class SimulatedProcess extends FileSystem {
  /** Injects no fault. */
  public static final Faults NONE = operation -> null;

  private Disk disk;
  private final SimulatedProvider provider = new SimulatedProvider(this);
  private final List<Operation> operations = new ArrayList<>();
  private final List<Fault> injected = new ArrayList<>();
  private final Thread caller = Thread.currentThread();
  private Faults faults = NONE;
  private int user = Disk.USER;
  private Consumer<Operation> watcher = operation -> {};

  /**
   * Starts a process, run by the user who owns all on the disk.
   *
   * @param disk the disk that it shares with other processes
   */
  public SimulatedProcess(Disk disk) {
    this.disk = disk;
  }

  /**
   * Makes root the user of this process.
   *
   * @return this process, run as root
   */
  public SimulatedProcess asRoot() {
    user = 0;
    return this;
  }

  int user() {
    return user;
  }

  /**
   * Sets the faults of later operations. Operations are counted from 0 again.
   *
   * @param next chooses the fault of each operation
   */
  public void injectFaults(Faults next) {
    operations.clear();
    injected.clear();
    faults = next;
  }

  /**
   * Sets a callback that is called before each operation.
   *
   * @param before is called before each later operation; what it throws, the operation throws
   * @return this process
   */
  public SimulatedProcess onOperation(Consumer<Operation> before) {
    watcher = before;
    return this;
  }

  /**
   * Returns a path of this process.
   *
   * @param name names separated by slashes, with one at the start if the path is absolute
   * @return the path
   */
  public Path path(String name) {
    return SimulatedPath.of(this, name);
  }

  /** {@return the operations so far, since {@link #injectFaults} was called last} */
  public List<Operation> operations() {
    return List.copyOf(operations);
  }

  /** {@return the faults that were injected so far, since {@link #injectFaults} was called last} */
  public List<Fault> injectedFaults() {
    return List.copyOf(injected);
  }

  /** {@return whether this process holds a lock on any file} */
  public boolean holdsLock() {
    return disk.locks.containsValue(this);
  }

  /** {@return the disk} */
  public Disk disk() {
    return disk;
  }

  /**
   * Ends this process: the kernel drops its locks. What the code under test keeps of its paths for
   * ever keeps no disk with it.
   */
  public void end() {
    disk.locks.values().removeIf(owner -> owner == this);
    disk = new Disk(Image.empty());
    operations.clear();
    watcher = operation -> {};
  }

  /** Chooses the fault of each operation. */
  public interface Faults {
    /**
     * Returns the fault of an operation.
     *
     * @param operation the operation that is about to happen
     * @return the fault, or null if the operation has none
     */
    @Nullable
    Fault at(Operation operation);
  }

  /** The work of an operation. */
  interface Action<T> {
    T run() throws IOException;
  }

  /** Performs an operation on a path. */
  <T> T perform(Kind kind, SimulatedPath path, Action<T> action) throws IOException {
    Operation operation = begin(kind, path);
    Fault fault = fault(operation);
    if (fault != null && !fault.late()) {
      strike(fault, operation, path.toString());
    }
    T result = action.run();
    if (fault != null && fault.late()) {
      strike(fault, operation, path.toString());
    }
    return result;
  }

  /** Records an operation before it is executed. */
  Operation begin(Kind kind, SimulatedPath path) {
    Operation operation = new Operation(operations.size(), kind, path.toString());
    watcher.accept(operation);
    operations.add(operation);
    if (kind.isChange()) {
      disk.changed();
    }
    return operation;
  }

  @Nullable
  Fault fault(Operation operation) {
    return faults.at(operation);
  }

  void strike(Fault fault, Operation operation, @Nullable String path) throws IOException {
    injected.add(fault);
    if (fault instanceof IoFault refusal) {
      throw path == null
          ? new IOException(refusal.reason())
          : new FileSystemException(path, null, refusal.reason());
    }
    if (fault instanceof ErrorFault) {
      throw new InjectedError(operation);
    }
    if (fault instanceof Interrupt) {
      caller.interrupt();
    }
  }

  @Override
  public SimulatedProvider provider() {
    return provider;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Path getPath(String first, String... more) {
    String path = first;
    for (String next : more) {
      path = path.isEmpty() ? next : path + "/" + next;
    }
    return path(path);
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of(path("/"));
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return List.of(new SimulatedStore(disk.type()));
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return Set.of("basic", "posix");
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher(syntaxAndPattern);
    return path -> matcher.matches(Path.of(path.toString()));
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("a simulated file system is not closed");
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException("users by name are not simulated");
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException("watching is not simulated");
  }
}
