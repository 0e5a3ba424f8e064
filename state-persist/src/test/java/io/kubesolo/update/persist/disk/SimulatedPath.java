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
  public @Nullable Path getRoot() {
    return isAbsolute ? with(true, List.of()) : null;
  }

  @Override
  public @Nullable Path getFileName() {
    return names.isEmpty() ? null : getName(names.size() - 1);
  }

  @Override
  public @Nullable Path getParent() {
    return names.isEmpty() || (names.size() == 1 && !isAbsolute)
        ? null
        : with(isAbsolute, names.subList(0, names.size() - 1));
  }

  @Override
  public int getNameCount() {
    return names.size();
  }

  @Override
  public Path getName(int index) {
    return subpath(index, index + 1);
  }

  @Override
  public Path subpath(int begin, int end) {
    return with(false, names.subList(begin, end));
  }

  @Override
  public boolean startsWith(Path other) {
    return other instanceof SimulatedPath path
        && path.isAbsolute == isAbsolute
        && path.names.size() <= names.size()
        && names.subList(0, path.names.size()).equals(path.names);
  }

  @Override
  public boolean endsWith(Path other) {
    int rest = names.size() - other.getNameCount();
    return other instanceof SimulatedPath path
        && rest >= 0
        && names.subList(rest, names.size()).equals(path.names)
        && (!path.isAbsolute || (isAbsolute && rest == 0));
  }

  @Override
  public Path normalize() {
    List<String> kept = new ArrayList<>();
    for (String name : names) {
      boolean up = name.equals("..");
      if (up && !kept.isEmpty() && !kept.get(kept.size() - 1).equals("..")) {
        kept.remove(kept.size() - 1);
      } else if (!name.equals(".") && !(up && isAbsolute)) {
        kept.add(name);
      }
    }
    return with(isAbsolute, kept);
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
  public Path relativize(Path other) {
    SimulatedPath target = (SimulatedPath) other;
    if (target.isAbsolute != isAbsolute) {
      throw new IllegalArgumentException("one is absolute and one is not: " + this + ", " + other);
    }
    int common = 0;
    while (common < Math.min(names.size(), target.names.size())
        && names.get(common).equals(target.names.get(common))) {
      common++;
    }
    List<String> way = new ArrayList<>();
    names.subList(common, names.size()).forEach(name -> way.add(".."));
    way.addAll(target.names.subList(common, target.names.size()));
    return with(false, way);
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
  public URI toUri() {
    throw new UnsupportedOperationException("a simulated path has no URI");
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException("watching is not simulated");
  }
}
