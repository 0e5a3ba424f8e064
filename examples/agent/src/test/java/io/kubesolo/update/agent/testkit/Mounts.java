package io.kubesolo.update.agent.testkit;

import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** File systems that are mounted for a test, and unmounted after it in any case. */
public final class Mounts implements AutoCloseable {
  private final Deque<List<String>> undo = new ArrayDeque<>();
  private final Path root;

  public Mounts() throws IOException {
    root = Tools.directoryInMemory();
  }

  /** Creates a directory of that name. */
  public Path directory(String name) throws IOException {
    return Files.createDirectories(root.resolve(name));
  }

  /** Adds a command that undoes something; the last one added runs first. */
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

  /** Creates a file of that many MiB with a file system of that kind in it. */
  public Path image(String kind, long mebibytes, String... options) throws IOException {
    Path image = root.resolve(kind + ".img");
    Shell.must("truncate", "-s", mebibytes + "M", image.toString());
    make(kind, image, options);
    return image;
  }

  /** Makes a file system. */
  public static void make(String kind, Path device, String... options) {
    String force = kind.startsWith("ext") ? "-F" : "-f";
    List<String> command = new ArrayList<>(List.of("mkfs." + kind, "-q", force));
    command.addAll(List.of(options));
    command.add(device.toString());
    Shell.must(command.toArray(String[]::new));
  }

  /** Throws if this machine cannot make devices of what NBD servers serve. */
  public static void assumeNbdDevices() {
    Tools.assumeRoot();
    Tools.assumePresent("nbdfuse");
    Tools.assumePresent("losetup");
    Tools.assume(Files.exists(Path.of("/dev/fuse")), "/dev/fuse is missing");
  }

  /**
   * Makes a block device of what an NBD server serves.
   *
   * @param server the words that name it to nbdfuse
   */
  public Path device(String... server) throws IOException {
    Path file = Files.createFile(directory("fuse").resolve("nbd"));
    List<String> command = new ArrayList<>(List.of("nbdfuse", file.toString()));
    command.addAll(List.of(server));
    new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    String isServed =
        "for i in $(seq 500); do mountpoint -q %s && exit 0; sleep 0.02; done; exit 1";
    Shell.must("sh", "-c", isServed.formatted(file));
    atTheEnd("umount", "-l", file.toString());
    String loop = Shell.must("losetup", "--direct-io=on", "-f", "--show", file.toString());
    atTheEnd("losetup", "-d", loop);
    return Path.of(loop);
  }

  @Override
  public void close() {
    undo.forEach(Shell::run);
    Shell.run("rm", "-rf", "--one-file-system", root.toString());
  }
}
