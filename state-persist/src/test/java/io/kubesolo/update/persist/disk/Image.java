package io.kubesolo.update.persist.disk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.vavr.control.Option;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is on a disk, or in a part of it, as a value: equal images are equal to every program that
 * starts from them. Modes are written as {@code rwxr-xr-x}.
 *
 * <p>Immutable.
 */
public sealed interface Image {
  /**
   * A file.
   *
   * @param content its bytes, one character for each
   * @param mode its permissions
   */
  record Plain(String content, String mode) implements Image {
    /** {@return the content} */
    public byte[] bytes() {
      return content.getBytes(ISO_8859_1);
    }

    /** {@return the content, decoded as UTF-8} */
    public String text() {
      return new String(bytes(), UTF_8);
    }
  }

  /**
   * A directory.
   *
   * @param entries what is in it, by name
   * @param mode its permissions
   */
  record Directory(Map<String, Image> entries, String mode) implements Image {
    /**
     * Makes a directory.
     *
     * @param entries what is in it, by name
     * @param mode its permissions
     */
    public Directory {
      entries = Map.copyOf(entries);
    }

    /**
     * Returns this directory with one more entry, or with another in its place.
     *
     * @param path the name of the entry, or a path that ends in it; directories that are missing on
     *     the way are added
     * @param entry the entry
     * @return the new directory
     * @throws IllegalArgumentException if the path is empty or leads through something else
     */
    public Directory with(String path, Image entry) {
      List<String> names = SimulatedPath.names(path);
      if (names.isEmpty()) {
        throw new IllegalArgumentException("an empty path");
      }
      String first = names.get(0);
      Map<String, Image> more = new TreeMap<>(entries);
      if (names.size() == 1) {
        more.put(first, entry);
      } else if (entries.getOrDefault(first, empty()) instanceof Directory directory) {
        more.put(first, directory.with(String.join("/", names.subList(1, names.size())), entry));
      } else {
        throw new IllegalArgumentException(first + " is no directory: " + path);
      }
      return new Directory(more, mode);
    }
  }

  /**
   * A symbolic link.
   *
   * @param target the absolute path that it leads to
   */
  record Link(String target) implements Image {}

  /**
   * A fifo, a socket or a device.
   *
   * @param kind which of them, for people
   */
  record Special(String kind) implements Image {}

  /** {@return an empty directory with mode rwxr-xr-x} */
  static Directory empty() {
    return new Directory(Map.of(), "rwxr-xr-x");
  }

  /**
   * Returns a file with mode rw-r--r--.
   *
   * @param content its bytes
   * @return the file
   */
  static Plain file(byte[] content) {
    return new Plain(new String(content, ISO_8859_1), "rw-r--r--");
  }

  /**
   * Returns a file with mode rw-r--r--.
   *
   * @param text its content, encoded as UTF-8
   * @return the file
   */
  static Plain file(String text) {
    return file(text.getBytes(UTF_8));
  }

  /**
   * Returns what is at a path.
   *
   * @param path names from here on; symbolic links on the way are not followed
   * @return the image, or none if there is nothing
   */
  default Option<Image> at(String path) {
    Image image = this;
    for (String name : SimulatedPath.names(path)) {
      Image next = image instanceof Directory directory ? directory.entries().get(name) : null;
      if (next == null) {
        return Option.none();
      }
      image = next;
    }
    return Option.some(image);
  }
}
