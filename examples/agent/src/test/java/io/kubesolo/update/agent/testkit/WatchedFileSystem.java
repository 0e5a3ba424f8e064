package io.kubesolo.update.agent.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A file system that notifies an observer before and after each change. */
public final class WatchedFileSystem extends FileSystem {
  /**
   * An observer, which is given real paths. Its methods may throw an error, which simulates the
   * death of the process, or an I/O error; then the change is not made.
   */
  public interface Watch {
    /** Does nothing. */
    Watch NONE = new Watch() {};

    /** Runs before a name or a content changes. */
    default void before(Path changed) throws IOException {}

    /** Runs after a name or a content has changed. */
    default void after(Path changed) {}

    /** Runs before a file is renamed; {@code to} is its new name. */
    default void renaming(Path from, Path to) throws IOException {}

    /** Runs after a file's content, or a directory's names, were written to the disk. */
    default void synced(Path path) throws IOException {}

    /** Runs before a file is opened for reading. */
    default void reading(Path path) throws IOException {}
  }

  private final FileSystem real = FileSystems.getDefault();
  private final Provider provider = new Provider();
  private final FileSystemProvider files;
  private final Watch watch;

  public WatchedFileSystem(Watch watch) {
    this(watch, FileSystems.getDefault().provider());
  }

  /** Watches other files than the machine's, by the same paths. */
  public WatchedFileSystem(Watch watch, FileSystemProvider files) {
    this.watch = watch;
    this.files = files;
  }

  public Path watched(Path path) {
    return new WatchedPath(this, path);
  }

  /** Returns the real path; there are no links but in the machine's own files. */
  Path realPath(Path path, LinkOption... options) throws IOException {
    return files == real.provider()
        ? path.toRealPath(options)
        : path.toAbsolutePath().normalize();
  }

  private static Path real(Path path) {
    return ((WatchedPath) path).real();
  }

  /** A change that may fail. */
  interface Change<T> {
    T make() throws IOException;
  }

  <T> T change(Path path, Change<T> change) throws IOException {
    watch.before(path);
    T made = change.make();
    watch.after(path);
    return made;
  }

  void synced(Path path) throws IOException {
    watch.synced(path);
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
    return watched(real.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String pattern) {
    PathMatcher matcher = real.getPathMatcher(pattern);
    return path -> matcher.matches(real(path));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return real.getUserPrincipalLookupService();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }

  private final class Provider extends FileSystemProvider {
    @Override
    public String getScheme() {
      return "watched";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
      return WatchedFileSystem.this;
    }

    @Override
    public Path getPath(URI uri) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel newFileChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      Path target = real(path);
      boolean creates = options.contains(StandardOpenOption.CREATE_NEW)
          || (options.contains(StandardOpenOption.CREATE) && !exists(target))
          || options.contains(StandardOpenOption.TRUNCATE_EXISTING);
      if (!options.contains(StandardOpenOption.WRITE)) {
        watch.reading(target);
      }
      Change<FileChannel> open = () -> files.newFileChannel(target, options, attributes);
      FileChannel channel = creates ? change(target, open) : open.make();
      return options.contains(StandardOpenOption.WRITE)
              || files.readAttributes(target, BasicFileAttributes.class).isDirectory()
          ? new WatchedChannel(WatchedFileSystem.this, target, channel)
          : channel;
    }

    private boolean exists(Path target) {
      try {
        files.checkAccess(target);
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    public SeekableByteChannel newByteChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      return newFileChannel(path, options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
        Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
      List<Path> entries = new ArrayList<>();
      try (DirectoryStream<Path> stream = files.newDirectoryStream(real(directory), any -> true)) {
        for (Path entry : stream) {
          Path watched = watched(entry);
          if (filter.accept(watched)) {
            entries.add(watched);
          }
        }
      }
      return new DirectoryStream<>() {
        @Override
        public Iterator<Path> iterator() {
          return entries.iterator();
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
      change(real(directory), () -> {
        files.createDirectory(real(directory), attributes);
        return directory;
      });
    }

    @Override
    public void delete(Path path) throws IOException {
      change(real(path), () -> {
        files.delete(real(path));
        return path;
      });
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
      change(real(link), () -> {
        files.createLink(real(link), real(existing));
        return link;
      });
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
      change(real(target), () -> {
        files.copy(real(source), real(target), options);
        return target;
      });
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
      change(real(target), () -> {
        watch.renaming(real(source), real(target));
        files.move(real(source), real(target), options);
        return target;
      });
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
      return files.isSameFile(real(path), real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
      return files.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
      return files.getFileStore(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
      files.checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(
        Path path, Class<V> type, LinkOption... options) {
      return files.getFileAttributeView(real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
        Path path, Class<A> type, LinkOption... options) throws IOException {
      return files.readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
        throws IOException {
      return files.readAttributes(real(path), names, options);
    }

    @Override
    public void setAttribute(Path path, String name, Object value, LinkOption... options)
        throws IOException {
      files.setAttribute(real(path), name, value, options);
    }
  }
}
