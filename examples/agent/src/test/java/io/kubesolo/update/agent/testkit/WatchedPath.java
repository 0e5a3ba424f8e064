package io.kubesolo.update.agent.testkit;

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
 * A path of the file system that is watched.
 *
 * @param system the file system
 * @param real the path of the machine's own file system
 */
record WatchedPath(WatchedFileSystem system, Path real) implements Path {
  private static Path realOf(Path other) {
    return other instanceof WatchedPath watched ? watched.real : other;
  }

  private @Nullable Path of(@Nullable Path path) {
    return path == null ? null : system.watched(path);
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
    return system.watched(real.getName(index));
  }

  @Override
  public Path subpath(int from, int to) {
    return system.watched(real.subpath(from, to));
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
    return system.watched(real.normalize());
  }

  @Override
  public Path resolve(Path other) {
    return system.watched(real.resolve(realOf(other)));
  }

  @Override
  public Path relativize(Path other) {
    return system.watched(real.relativize(realOf(other)));
  }

  @Override
  public URI toUri() {
    return real.toUri();
  }

  @Override
  public Path toAbsolutePath() {
    return system.watched(real.toAbsolutePath());
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return system.watched(system.realPath(real, options));
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
