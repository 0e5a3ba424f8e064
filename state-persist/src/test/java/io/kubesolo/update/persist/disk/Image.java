package io.kubesolo.update.persist.disk;

import java.util.Map;
import java.util.TreeMap;

/** The content of a disk, as a value: a boot from equal images reads the same files. */
public sealed interface Image {
  /**
   * A file.
   *
   * @param content its bytes, a character each
   * @param mode its rights
   */
  record Plain(String content, String mode) implements Image {}

  /** A directory. */
  record Directory(Map<String, Image> entries, String mode) implements Image {
    public Directory {
      entries = Map.copyOf(entries);
    }

    /** This directory with one more entry, or another in its place. */
    public Directory with(String name, Image entry) {
      Map<String, Image> more = new TreeMap<>(entries);
      more.put(name, entry);
      return new Directory(more, mode);
    }
  }

  /** A symbolic link. */
  record Link(String target) implements Image {}

  /** A fifo, a socket or a device. */
  record Special(String kind) implements Image {}

  /** {@return an empty directory} */
  static Directory empty() {
    return new Directory(Map.of(), "rwxr-xr-x");
  }
}
