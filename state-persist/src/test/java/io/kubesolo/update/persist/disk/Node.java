package io.kubesolo.update.persist.disk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An inode: what readers see of it, and what a power cut may leave of it. */
abstract sealed class Node {
  private static final AtomicLong KEYS = new AtomicLong();

  /** Which no other inode has, so that a reader can tell one from another. */
  final long key = KEYS.incrementAndGet();

  String mode = "rwxr-xr-x";
  int owner = Disk.USER;
  int group = Disk.USER;

  /** What readers see. */
  abstract Image seen();

  /** Everything that a power cut may leave. */
  abstract Set<Image> left();

  /** Makes everything durable that the kernel still takes for dirty. */
  abstract void sync();

  /** Takes everything for clean, written or not: what the kernel does when a sync fails. */
  abstract void forget();

  /** When it last changed, by a clock that goes on when names in a directory do and never else. */
  FileTime lastChange() {
    return FileTime.fromMillis(0);
  }

  static Node of(Image image) {
    if (image instanceof Image.Plain plain) {
      return new PlainFile(plain.content().getBytes(ISO_8859_1), plain.mode());
    }
    if (image instanceof Image.Directory directory) {
      return new Directory(directory);
    }
    return new Fixed(image);
  }

  /** A file: its data, and its mode, which goes with the data. */
  static final class PlainFile extends Node {
    byte[] content;
    private byte[] durable;
    private String durableMode;
    private boolean forgotten;

    PlainFile(byte[] content, String mode) {
      this.content = content;
      this.durable = content;
      this.mode = mode;
      this.durableMode = mode;
    }

    @Override
    Image seen() {
      return image(content, mode);
    }

    @Override
    Set<Image> left() {
      if (content == durable && mode.equals(durableMode)) {
        return Set.of(seen());
      }
      Set<Image> left = new LinkedHashSet<>();
      left.add(image(durable, durableMode));
      if (!Arrays.equals(content, durable)) {
        left.add(image(Arrays.copyOf(content, content.length / 2), mode));
        left.add(image(new byte[content.length], mode));
      }
      left.add(seen());
      return left;
    }

    private Image image(byte[] bytes, String rights) {
      return new Image.Plain(new String(bytes, ISO_8859_1), rights);
    }

    @Override
    void sync() {
      if (!forgotten) {
        durable = content;
        durableMode = mode;
      }
    }

    @Override
    void forget() {
      forgotten |= !Arrays.equals(content, durable);
    }
  }

  /** A directory: the names that surely survive, and the changes since, each of which may or not. */
  static final class Directory extends Node {
    /** The random part of a temporary name, which makes no difference to anybody. */
    private static final Pattern UNIQUE = Pattern.compile("[0-9a-f]{16}");

    /** What a power cut leaves of this file is deleted unread, so nothing is left of it here. */
    private static final String MARK_BEING_WRITTEN = ".outcome.tmp";

    private static final int MOST_CHANGES = 14;

    final Map<String, Node> entries = new TreeMap<>();
    private final Map<String, Node> durable = new TreeMap<>();
    private final List<Change> changes = new ArrayList<>();
    private long time;

    Directory(Image.Directory image) {
      mode = image.mode();
      image.entries().forEach((name, entry) -> entries.put(name, of(entry)));
      durable.putAll(entries);
    }

    /** One atomic change of names: a create, an unlink or a rename. */
    void change(Map<String, @Nullable Node> names) {
      time++;
      apply(names, entries);
      Map<String, @Nullable Node> lasting = new LinkedHashMap<>(names);
      lasting.keySet().removeIf(name -> name.endsWith(MARK_BEING_WRITTEN));
      if (!lasting.isEmpty()) {
        changes.add(new Change(lasting));
      }
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
      return new Image.Directory(canonical(seen), mode);
    }

    @Override
    Set<Image> left() {
      if (changes.size() > MOST_CHANGES) {
        throw new AssertionError(changes.size() + " changes without a sync are too many subsets");
      }
      Set<Image> left = new LinkedHashSet<>();
      for (int subset = 0; subset < 1 << changes.size(); subset++) {
        Map<String, Node> names = new TreeMap<>(durable);
        for (int i = 0; i < changes.size(); i++) {
          if ((subset >> i & 1) == 1) {
            apply(changes.get(i).names, names);
          }
        }
        contents(names).forEach(each -> left.add(new Image.Directory(canonical(each), mode)));
      }
      return left;
    }

    /** The contents that these names may have, each with each. */
    private static List<Map<String, Image>> contents(Map<String, Node> names) {
      List<Map<String, Image>> contents = List.of(Map.of());
      for (Map.Entry<String, Node> entry : names.entrySet()) {
        Set<Image> choices = entry.getValue().left();
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

    private static String numbered(String name, int number) {
      return UNIQUE.matcher(name).replaceFirst("%016x".formatted(number));
    }

    private static Map<String, Image> canonical(Map<String, Image> entries) {
      Map<String, Image> canonical = new TreeMap<>();
      entries.forEach((name, found) -> {
        Image image = name.endsWith(".outcome") ? wholeOrEmpty(found) : found;
        String shown = name.endsWith(".tmp") ? numbered(name, 0) : name;
        for (int number = 1; canonical.containsKey(shown); number++) {
          shown = numbered(name, number);
        }
        canonical.put(shown, image);
      });
      return canonical;
    }

    /** A mark of which anything is missing is as good as an empty one. */
    private static Image wholeOrEmpty(Image image) {
      return image instanceof Image.Plain file && !file.content().endsWith("\nend\n")
          ? new Image.Plain("", file.mode())
          : image;
    }

    @Override
    void sync() {
      List<Change> kept = new ArrayList<>();
      for (Change change : changes) {
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
    Set<Image> left() {
      return Set.of(image);
    }

    @Override
    void sync() {
      throw new UnsupportedOperationException("sync of " + image);
    }

    @Override
    void forget() {
      throw new UnsupportedOperationException("sync of " + image);
    }
  }

  private static final class Change {
    final Map<String, @Nullable Node> names;
    boolean forgotten;

    Change(Map<String, @Nullable Node> names) {
      this.names = names;
    }
  }
}
