package io.kubesolo.update.agent.testkit;

import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** File systems mounted for a test, and unmounted after it, whatever became of it. */
public final class Mounts implements AutoCloseable {
  private final Deque<List<String>> undo = new ArrayDeque<>();
  private final Path root;

  public Mounts() throws IOException {
    root = Tools.directoryInMemory();
  }

  /** A new directory of that name. */
  public Path directory(String name) throws IOException {
    return Files.createDirectories(root.resolve(name));
  }

  /** What undoes something; the last is undone first. */
  public void atTheEnd(String... command) {
    undo.push(List.of(command));
  }

  /** Mounts something on a new directory. */
  public Path mount(String name, String... arguments) throws IOException {
    Path directory = directory(name);
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(arguments));
    command.add(directory.toString());
    Shell.must(command.toArray(String[]::new));
    atTheEnd("umount", "-l", directory.toString());
    return directory;
  }

  /** A file of that many MiB with a file system of that kind in it. */
  public Path image(String kind, long mebibytes) throws IOException {
    Path image = root.resolve(kind + ".img");
    Shell.must("truncate", "-s", mebibytes + "M", image.toString());
    make(kind, image);
    return image;
  }

  /** Makes a file system. */
  static void make(String kind, Path device) {
    String force = kind.equals("xfs") ? "-f" : "-F";
    Shell.must("mkfs." + kind, "-q", force, device.toString());
  }

  @Override
  public void close() {
    undo.forEach(Shell::run);
    Shell.run("rm", "-rf", "--one-file-system", root.toString());
  }
}
