package io.kubesolo.update.agent.cli;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines that fit a terminal. */
final class TextLayout {
  private TextLayout() {}

  /**
   * Breaks a text between words. A word that is longer than a line is not broken.
   *
   * @param width the columns of a line; 0 is no limit
   */
  static List<String> wrap(String text, int width) {
    if (width <= 0 || columns(text) <= width) {
      return List.of(text);
    }
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && columns(line) + 1 + columns(word) > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** Returns a text with spaces up to a number of columns. */
  static String padded(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - columns(text)));
  }

  private static int columns(CharSequence text) {
    return Character.codePointCount(text, 0, text.length());
  }
}
