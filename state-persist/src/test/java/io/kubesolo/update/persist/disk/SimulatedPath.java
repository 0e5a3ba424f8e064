package io.kubesolo.update.persist.disk;

import java.io.IOException;
import java.net.URI;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A path of one process; it equals no path of another. */
record SimulatedPath(SimulatedProcess process, boolean isAbsolute, List<String> names)
    implements Path {

  static List<String> names(String path) {
    return Stream.of(path.split("/", -1)).filter(name -> !name.isEmpty()).toList();
  }

  static String text(List<String> names) {
    return "/" + String.join("/", names);
  }

  static SimulatedPath of(SimulatedProcess process, String path) {
    return new SimulatedPath(process, path.startsWith("/"), names(path));
  }

  private SimulatedPath with(boolean absolute, List<String> others) {
    return new SimulatedPath(process, absolute, List.copyOf(others));
  }

  @Override
  public SimulatedProcess getFileSystem() {
    return process;
  }

  @Override
  public Path getRoot() {
    return with(true, List.of());
  }

  @Override
  public @Nullable Path getFileName() {
    return names.isEmpty() ? null : with(false, names.subList(names.size() - 1, names.size()));
  }

  @Override
  public @Nullable Path getParent() {
    return names.isEmpty() ? null : with(isAbsolute, names.subList(0, names.size() - 1));
  }

  @Override
  public Path resolve(Path other) {
    SimulatedPath relative = (SimulatedPath) other;
    if (relative.isAbsolute) {
      return relative;
    }
    List<String> longer = new ArrayList<>(names);
    longer.addAll(relative.names);
    return with(isAbsolute, longer);
  }

  @Override
  public Path toAbsolutePath() {
    return with(true, names);
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return with(true, process.provider().realPath(this));
  }

  @Override
  public String toString() {
    return isAbsolute ? text(names) : String.join("/", names);
  }

  @Override
  public int compareTo(Path other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public int getNameCount() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path getName(int index) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path subpath(int beginIndex, int endIndex) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean startsWith(Path other) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean endsWith(Path other) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path normalize() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path relativize(Path other) {
    throw new UnsupportedOperationException();
  }

  @Override
  public URI toUri() {
    throw new UnsupportedOperationException();
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException();
  }
}
