package io.kubesolo.update.persist;

import static io.kubesolo.update.persist.FaultyPath.realOf;

import io.kubesolo.update.persist.FaultyFileSystem.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The operations of a file system in which faults strike; what nobody here uses is refused. */
final class FaultyProvider extends FileSystemProvider {
  private final FaultyFileSystem system;
  private final FileSystemProvider real;

  FaultyProvider(FaultyFileSystem system, FileSystemProvider real) {
    this.system = system;
    this.real = real;
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Path target = realOf(path);
    Kind kind = options.contains(StandardOpenOption.CREATE_NEW) ? Kind.CREATE : Kind.OPEN;
    return system.call(
        kind,
        target,
        () -> new FaultyChannel(system, target, real.newFileChannel(target, options, attributes)));
  }

  /** The machine's own stream, since interrupts don't close it. */
  @Override
  public InputStream newInputStream(Path path, OpenOption... options) throws IOException {
    Path source = realOf(path);
    InputStream in = system.call(Kind.OPEN, source, () -> real.newInputStream(source, options));
    return new FilterInputStream(in) {
      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return system.call(Kind.READ, source, () -> super.read(bytes, offset, length));
      }

      @Override
      public void close() throws IOException {
        try {
          system.call(Kind.CLOSE, source, () -> source);
        } finally {
          super.close();
        }
      }
    };
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    List<Path> entries = new ArrayList<>();
    system.call(Kind.LIST, realOf(directory), () -> {
      try (DirectoryStream<Path> found = real.newDirectoryStream(realOf(directory), any -> true)) {
        found.forEach(entry -> entries.add(system.path(entry)));
      }
      return directory;
    });
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
    system.call(Kind.MKDIR, realOf(directory), () -> {
      real.createDirectory(realOf(directory), attributes);
      return directory;
    });
  }

  @Override
  public void delete(Path path) throws IOException {
    system.call(Kind.DELETE, realOf(path), () -> {
      real.delete(realOf(path));
      return path;
    });
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    system.call(Kind.RENAME, realOf(target), () -> {
      real.move(realOf(source), realOf(target), options);
      return target;
    });
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return system.call(
        Kind.STAT, realOf(path), () -> real.readAttributes(realOf(path), type, options));
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    PosixFileAttributeView view =
        real.getFileAttributeView(realOf(path), PosixFileAttributeView.class, options);
    return type.cast(new FaultyModes(system, realOf(path), view));
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return system;
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isSameFile(Path path, Path other) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isHidden(Path path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileStore getFileStore(Path path) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options) {
    throw new UnsupportedOperationException();
  }
}
