package io.kubesolo.update.agent.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads lines of bytes. A line that is too long is cut, because no event is that long. */
final class LineReader {
  private static final int MAX_LINE = 1 << 20;

  /** The longest text about a line: it may quote the line. */
  private static final int MAX_TEXT = 200;

  private final InputStream in;

  /** Reads lines from a stream, byte by byte. */
  LineReader(InputStream in) {
    this.in = in;
  }

  /**
   * Returns what is wrong with a line. It is cut because it may quote all of the line. A place in the
   * line is named by its column only, because the caller names the line.
   */
  static String problem(String text) {
    String cut = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
    return cut.replace("(line 1, column ", "(column ");
  }

  /** Returns the next line without its end, or null after the last one. */
  byte @Nullable [] next() throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = first; next >= 0 && next != '\n'; next = in.read()) {
      if (line.size() <= MAX_LINE) {
        line.write(next);
      }
    }
    return line.toByteArray();
  }
}
