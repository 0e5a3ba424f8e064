package io.kubesolo.update.persist.disk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.vavr.control.Option;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An inode: what readers see of it, and what a power loss may leave of it. */
abstract sealed class Node {
  private static final AtomicLong KEYS = new AtomicLong();

  /** A unique key, by which a reader can distinguish inodes. */
  final long key = KEYS.incrementAndGet();

  String mode = "rwxr-xr-x";
  int owner = Disk.USER;
  int group = Disk.USER;

  /** Returns what readers see. */
  abstract Image seen();

  /** Returns everything that a power loss may leave. */
  abstract Set<Image> left();

  /**
   * Makes everything durable that the kernel still takes for dirty.
   *
   * @param metadata whether the mode becomes durable too
   */
  abstract void sync(boolean metadata);

  /** Marks everything clean, whether or not it was written, as the kernel does if a sync fails. */
  abstract void forget();

  /**
   * Returns when it last changed, by a clock that advances when names in a directory change, and
   * only then.
   */
  FileTime lastChange() {
    return FileTime.fromMillis(0);
  }

  /** Returns the path that a symbolic link leads to. */
  Option<String> link() {
    return Option.none();
  }

  static Node of(Image image) {
    if (image instanceof Image.Plain plain) {
      return new PlainFile(plain.bytes(), plain.mode());
    }
    if (image instanceof Image.Directory directory) {
      return new Directory(directory);
    }
    return new Fixed(image);
  }

  /** A file: its data, and its mode, which goes with the data. */
  static final class PlainFile extends Node {
    private static final int MOST_CONTENTS = 4096;

    private byte[] content;
    private byte[] durable;
    private String durableMode;
    private final List<Change> changes = new ArrayList<>();
    private @Nullable Image seen;

    PlainFile(byte[] content, String mode) {
      this.content = content;
      this.durable = content;
      this.mode = mode;
      this.durableMode = mode;
    }

    int size() {
      return content.length;
    }

    /** Copies bytes from a position on; yields how many, and -1 at the end of the file. */
    int read(int position, byte[] target, int offset, int length) {
      int count = Math.min(length, content.length - position);
      if (count > 0) {
        System.arraycopy(content, position, target, offset, count);
      }
      return count > 0 || length == 0 ? Math.max(count, 0) : -1;
    }

    void write(int position, byte[] bytes) {
      content = over(content, position, bytes, bytes.length);
      if (changes.isEmpty() || !changes.get(changes.size() - 1).continues(position, bytes)) {
        changes.add(new Stretch(position, bytes));
      }
      seen = null;
    }

    void truncate(int size) {
      if (size < content.length) {
        content = Arrays.copyOf(content, size);
        changes.add(new Truncation(size));
        seen = null;
      }
    }

    static byte[] over(byte[] old, int position, byte[] bytes, int count) {
      byte[] longer = Arrays.copyOf(old, Math.max(old.length, position + count));
      System.arraycopy(bytes, 0, longer, position, count);
      return longer;
    }

    @Override
    Image seen() {
      Image known = seen;
      if (known instanceof Image.Plain plain && plain.mode().equals(mode)) {
        return known;
      }
      Image.Plain now = image(content, mode);
      seen = now;
      return now;
    }

    @Override
    Set<Image> left() {
      if (changes.isEmpty() && mode.equals(durableMode)) {
        return Set.of(seen());
      }
      Image.Plain old = image(durable, durableMode);
      Set<Image> left = new LinkedHashSet<>();
      if (changes.stream().noneMatch(change -> change.durable)) {
        left.add(old);
      }
      for (byte[] bytes : contents()) {
        if (!Arrays.equals(bytes, durable)) {
          left.add(image(bytes, mode));
        }
      }
      left.add(seen());
      return left;
    }

    /** Returns each content that some of the changes make of the durable one. */
    private List<byte[]> contents() {
      List<byte[]> ended = new ArrayList<>();
      List<byte[]> contents = List.of(durable);
      for (Change change : changes) {
        List<byte[]> next = new ArrayList<>();
        for (byte[] each : contents) {
          change.apply(each, next);
        }
        if (change instanceof Truncation && !change.durable) {
          ended.addAll(contents);
        }
        contents = next;
        if (contents.size() + ended.size() > MOST_CONTENTS) {
          throw new AssertionError(changes.size()
              + " changes of one file without a sync may leave too many contents to try each");
        }
      }
      ended.addAll(contents);
      return ended;
    }

    private static Image.Plain image(byte[] bytes, String rights) {
      return new Image.Plain(new String(bytes, ISO_8859_1), rights);
    }

    @Override
    void sync(boolean metadata) {
      if (changes.stream().anyMatch(change -> change.forgotten)) {
        changes.forEach(change -> change.durable = !change.forgotten);
        return;
      }
      durable = content;
      changes.clear();
      if (metadata) {
        durableMode = mode;
      }
    }

    @Override
    void forget() {
      changes.forEach(change -> change.forgotten = !change.durable);
    }

    /** A change of the data that was not synced, or was synced after an earlier one was forgotten. */
    private abstract static class Change {
      boolean forgotten;
      boolean durable;

      /** Adds what this change may leave of a content. */
      abstract void apply(byte[] content, List<byte[]> to);

      /** Takes bytes into this change if they go on where it ends. */
      boolean continues(int position, byte[] bytes) {
        return false;
      }
    }

    /** The end of a file that is cut off. Nothing after it is written before it. */
    private static final class Truncation extends Change {
      private final int size;

      Truncation(int size) {
        this.size = size;
      }

      @Override
      void apply(byte[] old, List<byte[]> to) {
        to.add(Arrays.copyOf(old, Math.min(old.length, size)));
      }
    }

    /**
     * Bytes that were written one after another. A power loss leaves none of them, those up to the end
     * or the middle of one write, all, or zeros where the file became longer.
     */
    private static final class Stretch extends Change {
      private final int position;
      private final List<Integer> counts = new ArrayList<>();
      private byte[] bytes;

      Stretch(int position, byte[] bytes) {
        this.position = position;
        this.bytes = bytes;
        count(0);
      }

      private void count(int before) {
        int half = before + (bytes.length - before) / 2;
        if (half > before) {
          counts.add(half);
        }
        counts.add(bytes.length);
      }

      @Override
      boolean continues(int next, byte[] more) {
        if (forgotten || durable || next != position + bytes.length) {
          return false;
        }
        int before = bytes.length;
        bytes = over(bytes, before, more, more.length);
        count(before);
        return true;
      }

      @Override
      void apply(byte[] old, List<byte[]> to) {
        if (!durable) {
          to.add(old);
          for (int count : counts.subList(0, counts.size() - 1)) {
            to.add(over(old, position, bytes, count));
          }
          to.add(Arrays.copyOf(old, Math.max(old.length, position + bytes.length)));
        }
        to.add(over(old, position, bytes, bytes.length));
      }
    }
  }

  /**
   * A directory: the names that are durable, and the changes since, each of which may be durable or
   * not.
   */
  static final class Directory extends Node {
    private static final int MOST_CHANGES = 14;

    final Map<String, Node> entries = new TreeMap<>();
    private final Map<String, Node> durable = new TreeMap<>();
    private final List<NameChange> changes = new ArrayList<>();
    private long time;

    Directory(Image.Directory image) {
      mode = image.mode();
      image.entries().forEach((name, entry) -> entries.put(name, of(entry)));
      durable.putAll(entries);
    }

    /** Makes one atomic change of names: a create, an unlink or a rename. */
    void change(Map<String, @Nullable Node> names) {
      time++;
      apply(names, entries);
      changes.add(new NameChange(new LinkedHashMap<>(names)));
    }

    private static void apply(Map<String, @Nullable Node> names, Map<String, Node> to) {
      names.forEach((name, node) -> {
        if (node == null) {
          to.remove(name);
        } else {
          to.put(name, node);
        }
      });
    }

    @Override
    FileTime lastChange() {
      return FileTime.fromMillis(time);
    }

    @Override
    Image seen() {
      Map<String, Image> seen = new TreeMap<>();
      entries.forEach((name, node) -> seen.put(name, node.seen()));
      return new Image.Directory(seen, mode);
    }

    @Override
    Set<Image> left() {
      if (changes.size() > MOST_CHANGES) {
        throw new AssertionError(changes.size()
            + " changes of names in one directory without a sync are too many to try each subset");
      }
      Map<Node, Set<Image>> known = new LinkedHashMap<>();
      Set<Image> left = new LinkedHashSet<>();
      for (int subset = 0; subset < 1 << changes.size(); subset++) {
        Map<String, Node> names = new TreeMap<>(durable);
        for (int i = 0; i < changes.size(); i++) {
          if ((subset >> i & 1) == 1) {
            apply(changes.get(i).names, names);
          }
        }
        contents(names, known).forEach(each -> left.add(new Image.Directory(each, mode)));
      }
      return left;
    }

    /** Returns the contents that these names may have, each with each. */
    private static List<Map<String, Image>> contents(
        Map<String, Node> names, Map<Node, Set<Image>> known) {
      List<Map<String, Image>> contents = List.of(Map.of());
      for (Map.Entry<String, Node> entry : names.entrySet()) {
        Set<Image> choices = known.computeIfAbsent(entry.getValue(), Node::left);
        List<Map<String, Image>> longer = new ArrayList<>(contents.size() * choices.size());
        for (Map<String, Image> content : contents) {
          for (Image choice : choices) {
            Map<String, Image> one = new TreeMap<>(content);
            one.put(entry.getKey(), choice);
            longer.add(one);
          }
        }
        contents = longer;
      }
      return contents;
    }

    @Override
    void sync(boolean metadata) {
      List<NameChange> kept = new ArrayList<>();
      for (NameChange change : changes) {
        if (change.forgotten) {
          kept.add(change);
        } else {
          apply(change.names, durable);
          kept.forEach(earlier -> earlier.names.keySet().removeAll(change.names.keySet()));
        }
      }
      kept.removeIf(change -> change.names.isEmpty());
      changes.clear();
      changes.addAll(kept);
    }

    @Override
    void forget() {
      changes.forEach(change -> change.forgotten = true);
    }

    private static final class NameChange {
      final Map<String, @Nullable Node> names;
      boolean forgotten;

      NameChange(Map<String, @Nullable Node> names) {
        this.names = names;
      }
    }
  }

  /** A link or a special file. */
  static final class Fixed extends Node {
    private final Image image;

    Fixed(Image image) {
      this.image = image;
      this.mode = "rwxrwxrwx";
    }

    @Override
    Image seen() {
      return image;
    }

    @Override
    Option<String> link() {
      return image instanceof Image.Link link ? Option.some(link.target()) : Option.none();
    }

    @Override
    Set<Image> left() {
      return Set.of(image);
    }

    @Override
    void sync(boolean metadata) {
      throw new UnsupportedOperationException("sync of " + image);
    }

    @Override
    void forget() {
      throw new UnsupportedOperationException("sync of " + image);
    }
  }
}
