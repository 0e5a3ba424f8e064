package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.agent.io.Failure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * GRUB's environment block: a signature, {@code key=value} lines, and {@code #} up to 1,024 bytes. A
 * backslash keeps the byte after it from ending the line. A line that begins with {@code #} is a
 * comment. Bytes are read as ISO 8859-1, so that all of them survive.
 *
 * <p>Immutable.
 */
final class GrubEnvironmentBlock {
  static final int SIZE = 1024;

  private static final String SIGNATURE = "# GRUB Environment Block\n";

  private final List<String> lines;

  private GrubEnvironmentBlock(List<String> lines) {
    this.lines = List.copyOf(lines);
  }

  /** Returns a block without any key. */
  static GrubEnvironmentBlock empty() {
    return new GrubEnvironmentBlock(List.of());
  }

  /** Reads a block. The failure does not name the file. */
  static GrubEnvironmentBlock parse(byte[] bytes) throws Failure {
    String text = new String(bytes, ISO_8859_1);
    if (bytes.length != SIZE) {
      throw Failure.of(
          "has %d bytes; a GRUB environment block has %d".formatted(bytes.length, SIZE));
    }
    if (!text.startsWith(SIGNATURE)) {
      throw Failure.of("does not begin with GRUB's signature");
    }
    List<String> lines = new ArrayList<>();
    int start = SIGNATURE.length();
    for (int end = lineEnd(text, start); end < SIZE; end = lineEnd(text, start)) {
      String line = text.substring(start, end);
      if (!line.startsWith("#") && line.indexOf('=') < 1) {
        throw Failure.of("has a line that is neither KEY=VALUE nor a comment, at byte " + start);
      }
      lines.add(line);
      start = end + 1;
    }
    boolean padded = text.substring(start).chars().allMatch(c -> c == '#');
    if (!padded) {
      throw Failure.of("has a line without an end, at byte " + start);
    }
    return new GrubEnvironmentBlock(lines);
  }

  private static int lineEnd(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) != '\n') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    return at;
  }

  /** Returns the value of a key. If a key occurs twice, the last one counts, as for GRUB. */
  Optional<String> get(String key) {
    Optional<String> value = Optional.empty();
    for (String line : lines) {
      if (line.startsWith(key + "=")) {
        value = Optional.of(unescape(line.substring(key.length() + 1)));
      }
    }
    return value;
  }

  /** Returns this block with some keys set, each in its place or at the end; others are kept. */
  GrubEnvironmentBlock with(Map<String, String> values) {
    List<String> next = new ArrayList<>(lines);
    values.forEach((key, value) -> {
      int place = placeOf(next, key);
      next.removeIf(line -> line.startsWith(key + "="));
      next.add(Math.min(place, next.size()), key + "=" + escape(value));
    });
    return new GrubEnvironmentBlock(next);
  }

  private static int placeOf(List<String> lines, String key) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(key + "=")) {
        return i;
      }
    }
    return lines.size();
  }

  /** Returns the 1,024 bytes. */
  byte[] bytes() throws Failure {
    StringBuilder text = new StringBuilder(SIGNATURE);
    lines.forEach(line -> text.append(line).append('\n'));
    if (text.length() > SIZE) {
      throw Failure.of("has no room left: %d bytes of %d".formatted(text.length(), SIZE));
    }
    byte[] block = new byte[SIZE];
    Arrays.fill(block, (byte) '#');
    byte[] used = text.toString().getBytes(ISO_8859_1);
    System.arraycopy(used, 0, block, 0, used.length);
    return block;
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\\n");
  }

  private static String unescape(String value) {
    StringBuilder plain = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) == '\\' && i + 1 < value.length()) {
        i++;
      }
      plain.append(value.charAt(i));
    }
    return plain.toString();
  }
}
