package io.kubesolo.update.persist.disk;

import io.kubesolo.update.persist.disk.Node.Directory;
import io.vavr.control.Option;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A disk under one running kernel, which several processes share. What they see is what they did;
 * what a power loss leaves is only sure after a sync. {@link CrashStates} tries everything that may
 * be left; use this class directly to look at one moment.
 *
 * <p>For use by one thread.
 */
public final class Disk {
  /** The owner and the group of everything on a disk after a boot. */
  public static final int USER = 1000;

  private static final int MOST_LINKS = 8;

  final Map<Node, SimulatedProcess> locks = new HashMap<>();
  private final Directory root;
  private final int boot;
  private String type = "ext4";
  private long generation;

  /**
   * Makes a disk as it is right after the first boot: all of it durable.
   *
   * @param image the root directory
   */
  public Disk(Image.Directory image) {
    this(image, 1);
  }

  /**
   * Makes a disk as it is right after a later boot: all of it durable.
   *
   * @param image the root directory, such as one of {@link #possibleAfterPowerLoss}
   * @param boot the number of the boot
   */
  public Disk(Image.Directory image, int boot) {
    this.root = new Directory(image);
    this.boot = boot;
  }

  /** {@return the number of the boot, from 1 on} */
  public int boot() {
    return boot;
  }

  /**
   * Changes the type of the file system, which is {@code ext4} at first. Only {@link
   * java.nio.file.FileStore#type} depends on it.
   *
   * @param name the type as {@code /proc/mounts} has it
   * @return this disk
   */
  public Disk ofType(String name) {
    type = name;
    return this;
  }

  String type() {
    return type;
  }

  /**
   * Returns who owns what is at a path.
   *
   * @param path an absolute path
   * @return the user id
   * @throws FileSystemException if there is nothing
   */
  public int ownerOf(String path) throws FileSystemException {
    return existing(SimulatedPath.names(path)).owner;
  }

  /** {@return what readers see now: the root directory} */
  public Image.Directory visible() {
    return (Image.Directory) root.seen();
  }

  /**
   * Returns every root directory that a power loss now may leave: each subset of the changes of names
   * that were not synced, combined with each content that unsynced writes may leave of each file
   * (none of them, a part, zeros, all).
   *
   * @return the directories, each once
   * @throws AssertionError if there are too many changes without a sync to try every combination
   */
  public List<Image.Directory> possibleAfterPowerLoss() {
    return root.left().stream().map(Image.Directory.class::cast).toList();
  }

  /** Returns a number that is another after each change of what a power loss may leave. */
  long generation() {
    return generation;
  }

  void changed() {
    generation++;
  }

  /** Returns the node of a path, if there is one; a link in the last place is not followed. */
  @Nullable
  Node find(List<String> names) throws FileSystemException {
    return names.isEmpty() ? root : parent(names).entries.get(names.get(names.size() - 1));
  }

  Node existing(List<String> names) throws FileSystemException {
    Node node = find(names);
    if (node == null) {
      throw new NoSuchFileException(SimulatedPath.text(names));
    }
    return node;
  }

  /** Returns the directory that a path has its last name in. */
  Directory parent(List<String> names) throws FileSystemException {
    return directory(names.subList(0, names.size() - 1));
  }

  Directory directory(List<String> names) throws FileSystemException {
    if (resolved(names, MOST_LINKS).node instanceof Directory directory) {
      return directory;
    }
    throw new NotDirectoryException(SimulatedPath.text(names));
  }

  /** Returns the path without a link in it. */
  List<String> real(List<String> names) throws FileSystemException {
    return resolved(names, MOST_LINKS).path;
  }

  /** A path without a link in it, and where it ends. */
  private record Resolved(List<String> path, Node node) {}

  private Resolved resolved(List<String> names, int links) throws FileSystemException {
    List<String> path = new ArrayList<>();
    Node node = root;
    for (int i = 0; i < names.size(); i++) {
      if (!(node instanceof Directory directory)) {
        throw new NotDirectoryException(SimulatedPath.text(path));
      }
      path.add(names.get(i));
      Node next = directory.entries.get(names.get(i));
      if (next == null) {
        throw new NoSuchFileException(SimulatedPath.text(path));
      }
      Option<String> link = next.link();
      if (link.isDefined()) {
        if (links == 0) {
          throw new FileSystemException(
              SimulatedPath.text(names), null, "Too many levels of symbolic links");
        }
        List<String> target = new ArrayList<>(SimulatedPath.names(link.get()));
        target.addAll(names.subList(i + 1, names.size()));
        return resolved(target, links - 1);
      }
      node = next;
    }
    return new Resolved(path, node);
  }
}
