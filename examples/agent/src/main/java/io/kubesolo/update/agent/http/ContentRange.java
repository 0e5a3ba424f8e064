package io.kubesolo.update.agent.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a file that an answer with status 206 holds.
 *
 * <p>Immutable.
 *
 * @param first the offset of its first byte
 * @param last the offset of its last byte
 * @param size the bytes of the whole file, -1 if the server does not say
 */
record ContentRange(long first, long last, long size) {
  private static final Pattern SYNTAX =
      Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)");

  /** Returns the range; none if it is missing, malformed, or contradicts the length of the body. */
  static Optional<ContentRange> of(HttpHead head) throws HttpException {
    Optional<Long> length = head.chunked() ? Optional.empty() : head.length();
    return head.field("content-range")
        .flatMap(ContentRange::parse)
        .filter(range -> length.isEmpty() || length.get() == range.length());
  }

  private static Optional<ContentRange> parse(String value) {
    Matcher range = SYNTAX.matcher(value);
    if (!range.matches()) {
      return Optional.empty();
    }
    String size = range.group(3);
    ContentRange parsed = new ContentRange(
        Long.parseLong(range.group(1)),
        Long.parseLong(range.group(2)),
        size.equals("*") ? -1 : Long.parseLong(size));
    boolean isInside = parsed.size == -1 || parsed.last < parsed.size;
    return parsed.first <= parsed.last && isInside ? Optional.of(parsed) : Optional.empty();
  }

  /** Returns how many bytes it has. */
  long length() {
    return last - first + 1;
  }

  /** Returns whether it is what was asked for: the file from an offset on, all of it from 0 on. */
  boolean isFrom(long from) {
    return first == from && (from > 0 || last == size - 1);
  }
}
