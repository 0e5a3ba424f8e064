package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.agent.io.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * GRUB's environment block, read and changed as GRUB 2 does it: a signature, then lines {@code
 * NAME=VALUE}, then {@code #} up to the end. A line that begins with {@code #} is a comment. In a
 * value a backslash prevents that the next byte ends the line. GRUB is lenient: a name extends to
 * the next {@code =}, even across lines, and a line without an end is ignored. Bytes are decoded as
 * ISO 8859-1, which keeps them all.
 *
 * <p>Immutable.
 */
public final class GrubEnvironmentBlock {
  /** The size of a block that {@code grub-editenv} creates, in bytes. */
  public static final int SIZE = 1024;

  /** The part of a block that a disk writes completely or not at all. */
  private static final int SECTOR = 512;

  private static final String SIGNATURE = "# GRUB Environment Block\n";

  private final String text;
  private final List<Entry> entries;

  private GrubEnvironmentBlock(String text) {
    this.text = text;
    entries = entries(text);
  }

  /** Returns a block without any key. */
  static GrubEnvironmentBlock empty() {
    return new GrubEnvironmentBlock(padded(SIGNATURE, SIZE));
  }

  /** Parses a file, or returns none if GRUB calls it an invalid environment block. */
  static Optional<GrubEnvironmentBlock> parse(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1);
    return text.length() > SIGNATURE.length() && text.startsWith(SIGNATURE)
        ? Optional.of(new GrubEnvironmentBlock(text))
        : Optional.empty();
  }

  /** Returns the number of bytes. */
  int size() {
    return text.length();
  }

  byte[] bytes() {
    return text.getBytes(ISO_8859_1);
  }

  /** Returns the value of a key as {@code load_env} sets it: the last one of several. */
  Optional<String> get(String name) {
    Optional<String> value = Optional.empty();
    for (Entry entry : entries) {
      if (entry.name().equals(name)) {
        value = Optional.of(entry.value());
      }
    }
    return value;
  }

  /**
   * Returns the block that {@code save_env} writes, or none if it fails. Of a key that occurs
   * several times it changes the first.
   */
  Optional<GrubEnvironmentBlock> saved(Map<String, String> values) {
    StringBuilder block = new StringBuilder(text);
    for (Map.Entry<String, String> value : values.entrySet()) {
      if (!save(block, value.getKey() + "=", escaped(value.getValue()))) {
        return Optional.empty();
      }
    }
    return Optional.of(new GrubEnvironmentBlock(block.toString()));
  }

  private static boolean save(StringBuilder block, String name, String value) {
    int size = block.length();
    int used = size;
    while (block.charAt(used - 1) == '#') {
      used--;
    }
    int free = size - used;
    if (block.charAt(used - 1) != '\n') {
      return false;
    }
    for (int at = SIGNATURE.length(); at + name.length() < used; at = lineEnd(block, at) + 1) {
      if (block.substring(at, at + name.length()).equals(name)) {
        int start = at + name.length();
        int end = lineEnd(block, start);
        return end < size && fits(block.replace(start, end, value), size, free);
      }
    }
    return fits(block.insert(used, name + value + "\n"), size, free);
  }

  /** Cuts or pads a changed block to its size, unless it grew by more than was free. */
  private static boolean fits(StringBuilder block, int size, int free) {
    int growth = block.length() - size;
    block.append("#".repeat(Math.max(0, -growth))).setLength(size);
    return growth <= free;
  }

  /** Returns whether {@code load_env} reads what {@code save_env} writes to these keys. */
  boolean canSave(Set<String> names) {
    for (String name : names) {
      Optional<String> value = Optional.of(get(name).equals(Optional.of("x")) ? "y" : "x");
      if (!saved(Map.of(name, value.get())).flatMap(block -> block.get(name)).equals(value)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether all values of these keys are within the first sector. */
  boolean areInFirstSector(Set<String> names) {
    return entries.stream()
        .allMatch(entry -> entry.end() <= SECTOR || !names.contains(entry.name()));
  }

  /**
   * Returns a block that begins with these values, followed by the keys of others and the comments.
   * Throws if they don't fit.
   *
   * @param values the keys that are ours, all others of which are left out
   * @param names the names of the keys that are ours
   */
  GrubEnvironmentBlock rewritten(Map<String, String> values, Set<String> names) throws Failure {
    StringBuilder next = new StringBuilder(SIGNATURE);
    values.forEach(
        (name, value) -> next.append(name).append('=').append(escaped(value)).append('\n'));
    othersThan(names).forEach(line -> next.append(line).append('\n'));
    int size = Math.max(SIZE, text.length());
    if (next.length() > size) {
      throw Failure.of("has no room left: %d bytes of %d".formatted(next.length(), size));
    }
    return new GrubEnvironmentBlock(padded(next.toString(), size));
  }

  /** Returns the lines that are comments or other keys; what GRUB does not read is left out. */
  private List<String> othersThan(Set<String> names) {
    List<String> lines = new ArrayList<>();
    int at = SIGNATURE.length();
    for (Entry entry : entries) {
      addComments(lines, at, entry.start());
      String line = text.substring(entry.lineStart(), entry.end());
      String nameOfLine = toNul(line.substring(0, line.indexOf('=')));
      if (!names.contains(entry.name()) && !names.contains(nameOfLine)) {
        lines.add(line);
      }
      at = entry.end() + 1;
    }
    addComments(lines, at, text.length());
    return lines;
  }

  private void addComments(List<String> lines, int from, int to) {
    int start = from;
    for (int end = lineEnd(text, start); end < to; end = lineEnd(text, start)) {
      if (text.charAt(start) == '#') {
        lines.add(text.substring(start, end));
      }
      start = end + 1;
    }
  }

  private static List<Entry> entries(String text) {
    List<Entry> entries = new ArrayList<>();
    int at = SIGNATURE.length();
    while (at < text.length()) {
      if (text.charAt(at) == '#') {
        at = lineEnd(text, at) + 1;
        continue;
      }
      int equals = text.indexOf('=', at);
      int end = lineEnd(text, equals + 1);
      if (equals < 0 || end >= text.length()) {
        return entries;
      }
      String name = text.substring(at, equals);
      int lineStart = at + name.lastIndexOf('\n') + 1;
      String value = unescaped(text.substring(equals + 1, end));
      entries.add(new Entry(at, lineStart, end, toNul(name), toNul(value)));
      at = end + 1;
    }
    return entries;
  }

  private static int lineEnd(CharSequence text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) != '\n') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    return at;
  }

  /** Returns the text before the first NUL, which ends a string of GRUB. */
  private static String toNul(String text) {
    int nul = text.indexOf('\0');
    return nul < 0 ? text : text.substring(0, nul);
  }

  private static String padded(String text, int size) {
    return text + "#".repeat(size - text.length());
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\\n");
  }

  private static String unescaped(String value) {
    StringBuilder plain = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) == '\\' && i + 1 < value.length()) {
        i++;
      }
      plain.append(value.charAt(i));
    }
    return plain.toString();
  }

  /**
   * A key as GRUB reads it.
   *
   * @param start where its name begins
   * @param lineStart where the line with its {@code =} begins
   * @param end where its value's line ends
   */
  private record Entry(int start, int lineStart, int end, String name, String value) {}
}
