package io.kubesolo.update.persist.disk;

import io.kubesolo.update.persist.disk.Node.Directory;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A disk under one running kernel, which several processes share. What they see is what they did;
 * what a power cut leaves is only sure after a sync.
 */
public final class Disk {
  /** The owner of everything on a disk after a boot. */
  public static final int USER = 1000;

  private static final int MOST_LINKS = 8;

  final Map<Node, SimulatedProcess> locks = new HashMap<>();
  private final Directory root;
  private final int boot;
  private String type = "ext4";
  private long generation;

  /** A disk as it is right after the first boot: all of it durable. */
  public Disk(Image image) {
    this(image, 1);
  }

  /** A disk as it is right after a boot of that number. */
  public Disk(Image image, int boot) {
    this.root = new Directory((Image.Directory) image);
    this.boot = boot;
  }

  /** {@return the number of the boot} */
  public int boot() {
    return boot;
  }

  /** This disk with another type of file system. */
  public Disk ofType(String name) {
    type = name;
    return this;
  }

  String type() {
    return type;
  }

  /** {@return who owns what is at a path} */
  public int ownerOf(String path) throws FileSystemException {
    return existing(SimulatedPath.names(path)).owner;
  }

  /** {@return what readers see now} */
  public Image seen() {
    return root.seen();
  }

  /** {@return a number that is another after each change of what a power cut may leave} */
  public long generation() {
    return generation;
  }

  void changed() {
    generation++;
  }

  /** {@return every disk that a power cut now may leave} */
  public Set<Image> left() {
    return root.left();
  }

  /** The node of a path, if there is one; a link in the last place is not followed. */
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

  /** The directory that a path has its last name in. */
  Directory parent(List<String> names) throws FileSystemException {
    return directory(names.subList(0, names.size() - 1));
  }

  Directory directory(List<String> names) throws FileSystemException {
    if (existing(real(names)) instanceof Directory directory) {
      return directory;
    }
    throw new NotDirectoryException(SimulatedPath.text(names));
  }

  /** The path without a link in it. */
  List<String> real(List<String> names) throws FileSystemException {
    return real(names, MOST_LINKS);
  }

  private List<String> real(List<String> names, int links) throws FileSystemException {
    List<String> path = new ArrayList<>();
    Node node = root;
    for (int i = 0; i < names.size(); i++) {
      if (!(node instanceof Directory directory)) {
        throw new NotDirectoryException(SimulatedPath.text(path));
      }
      path.add(names.get(i));
      node = directory.entries.get(names.get(i));
      if (node == null) {
        throw new NoSuchFileException(SimulatedPath.text(path));
      }
      if (node.seen() instanceof Image.Link link) {
        if (links == 0) {
          throw new FileSystemException(
              SimulatedPath.text(names), null, "Too many levels of symbolic links");
        }
        List<String> target = new ArrayList<>(SimulatedPath.names(link.target()));
        target.addAll(names.subList(i + 1, names.size()));
        return real(target, links - 1);
      }
    }
    return path;
  }
}
