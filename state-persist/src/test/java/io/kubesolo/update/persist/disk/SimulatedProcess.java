package io.kubesolo.update.persist.disk;

import io.kubesolo.update.persist.disk.Fault.Blow;
import io.kubesolo.update.persist.disk.Fault.Interrupt;
import io.kubesolo.update.persist.disk.Fault.Refusal;
import io.kubesolo.update.persist.disk.Fault.Struck;
import io.kubesolo.update.persist.disk.Operation.Kind;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
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
 * The disk as one process sees it. Two processes have no path in common, so nothing that the code
 * under test remembers by its paths passes from one to the other. Each operation may be watched and
 * made to fail.
 */
public final class SimulatedProcess extends FileSystem {
  /** Nothing goes wrong. */
  public static final Faults NONE = operation -> null;

  private Disk disk;
  private final SimulatedProvider provider = new SimulatedProvider(this);
  private final List<Operation> operations = new ArrayList<>();
  private final List<Fault> struck = new ArrayList<>();
  private final Thread caller = Thread.currentThread();
  private Faults faults = NONE;
  private int user = Disk.USER;
  private Consumer<Operation> watcher = operation -> {};

  /** A process that was just started. */
  public SimulatedProcess(Disk disk) {
    this.disk = disk;
  }

  /** This process, run by root. */
  public SimulatedProcess asRoot() {
    user = 0;
    return this;
  }

  int user() {
    return user;
  }

  /** What goes wrong from now on; operations are counted anew. */
  public void failing(Faults next) {
    operations.clear();
    struck.clear();
    faults = next;
  }

  /** This process, watched before each operation from now on. */
  public SimulatedProcess watched(Consumer<Operation> before) {
    watcher = before;
    return this;
  }

  /** {@return the path of that name in this process} */
  public Path path(String name) {
    return SimulatedPath.of(this, name);
  }

  /** {@return what it asked of the disk so far} */
  public List<Operation> operations() {
    return List.copyOf(operations);
  }

  /** {@return what went wrong so far} */
  public List<Fault> struck() {
    return List.copyOf(struck);
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

  /** What goes wrong with which operation. */
  public interface Faults {
    /** {@return what goes wrong with this one, if anything} */
    @Nullable
    Fault at(Operation operation);
  }

  /** What an operation does. */
  interface Action<T> {
    T run() throws IOException;
  }

  /** An operation on a path. */
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

  /** Notes an operation, when the disk is still as it was before. */
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
    struck.add(fault);
    if (fault instanceof Refusal refusal) {
      throw path == null
          ? new IOException(refusal.reason())
          : new FileSystemException(path, null, refusal.reason());
    }
    if (fault instanceof Blow) {
      throw new Struck(operation);
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
    if (more.length > 0) {
      throw new UnsupportedOperationException();
    }
    return path(first);
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isReadOnly() {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
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
