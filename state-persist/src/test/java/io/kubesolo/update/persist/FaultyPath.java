package io.kubesolo.update.persist;

import io.kubesolo.update.persist.FaultyFileSystem.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;

/**
 * A path of a file system in which faults strike.
 *
 * @param system the file system
 * @param real the path on the machine's own file system
 */
record FaultyPath(FaultyFileSystem system, Path real) implements Path {
  static Path realOf(Path path) {
    return path instanceof FaultyPath faulty ? faulty.real : path;
  }

  private @Nullable Path of(@Nullable Path path) {
    return path == null ? null : system.path(path);
  }

  @Override
  public FileSystem getFileSystem() {
    return system;
  }

  @Override
  public boolean isAbsolute() {
    return real.isAbsolute();
  }

  @Override
  public @Nullable Path getRoot() {
    return of(real.getRoot());
  }

  @Override
  public @Nullable Path getFileName() {
    return of(real.getFileName());
  }

  @Override
  public @Nullable Path getParent() {
    return of(real.getParent());
  }

  @Override
  public int getNameCount() {
    return real.getNameCount();
  }

  @Override
  public Path getName(int index) {
    return system.path(real.getName(index));
  }

  @Override
  public Path subpath(int from, int to) {
    return system.path(real.subpath(from, to));
  }

  @Override
  public boolean startsWith(Path other) {
    return real.startsWith(realOf(other));
  }

  @Override
  public boolean endsWith(Path other) {
    return real.endsWith(realOf(other));
  }

  @Override
  public Path normalize() {
    return system.path(real.normalize());
  }

  @Override
  public Path resolve(Path other) {
    return system.path(real.resolve(realOf(other)));
  }

  @Override
  public Path relativize(Path other) {
    return system.path(real.relativize(realOf(other)));
  }

  @Override
  public URI toUri() {
    return real.toUri();
  }

  @Override
  public Path toAbsolutePath() {
    return system.path(real.toAbsolutePath());
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return system.call(Kind.REAL_PATH, real, () -> system.path(real.toRealPath(options)));
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int compareTo(Path other) {
    return real.compareTo(realOf(other));
  }

  @Override
  public String toString() {
    return real.toString();
  }
}
