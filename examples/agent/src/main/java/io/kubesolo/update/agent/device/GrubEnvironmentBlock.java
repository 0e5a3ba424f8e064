package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * GRUB's environment block: a signature, {@code key=value} lines, and {@code #} up to 1,024 bytes. A
 * backslash keeps the byte after it from ending the line. A line that begins with {@code #} is a
 * comment. Bytes are carried as ISO 8859-1, so that those which mean nothing here survive.
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

  /** A block without any key. */
  static GrubEnvironmentBlock empty() {
    return new GrubEnvironmentBlock(List.of());
  }

  /** Reads a block, or says what is wrong with it. */
  static Either<String, GrubEnvironmentBlock> parse(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1);
    if (bytes.length != SIZE) {
      return Either.left(
          "has %d bytes; a GRUB environment block has %d".formatted(bytes.length, SIZE));
    }
    if (!text.startsWith(SIGNATURE)) {
      return Either.left("does not begin with GRUB's signature");
    }
    List<String> lines = new ArrayList<>();
    int start = SIGNATURE.length();
    for (int end = lineEnd(text, start); end < SIZE; end = lineEnd(text, start)) {
      String line = text.substring(start, end);
      if (!line.startsWith("#") && line.indexOf('=') < 1) {
        return Either.left("has a line that is neither KEY=VALUE nor a comment, at byte " + start);
      }
      lines.add(line);
      start = end + 1;
    }
    boolean padded = text.substring(start).chars().allMatch(c -> c == '#');
    return padded
        ? Either.right(new GrubEnvironmentBlock(lines))
        : Either.left("has a line without an end, at byte " + start);
  }

  private static int lineEnd(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) != '\n') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    return at;
  }

  /** The value of a key. Of a key that occurs twice the last one counts, as for GRUB. */
  Option<String> get(String key) {
    Option<String> value = Option.none();
    for (String line : lines) {
      if (line.startsWith(key + "=")) {
        value = Option.some(unescape(line.substring(key.length() + 1)));
      }
    }
    return value;
  }

  /** This block with some keys set, each where it was or else at the end; others are kept. */
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

  /** The 1,024 bytes, or why they are too few. */
  Either<String, byte[]> bytes() {
    StringBuilder text = new StringBuilder(SIGNATURE);
    lines.forEach(line -> text.append(line).append('\n'));
    if (text.length() > SIZE) {
      return Either.left("has no room left: %d bytes of %d".formatted(text.length(), SIZE));
    }
    byte[] block = new byte[SIZE];
    Arrays.fill(block, (byte) '#');
    byte[] used = text.toString().getBytes(ISO_8859_1);
    System.arraycopy(used, 0, block, 0, used.length);
    return Either.right(block);
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
