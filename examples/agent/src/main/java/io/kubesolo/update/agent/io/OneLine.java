package io.kubesolo.update.agent.io;

/**
 * Shows text from outside, which may hold line breaks and terminal controls, as one visible line.
 */
public final class OneLine {
  private OneLine() {}

  /** Escapes line breaks, control characters and invisible characters. */
  public static String of(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
      int character = text.codePointAt(i);
      switch (character) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> appendVisible(line, character);
      }
    }
    return line.toString();
  }

  /** Returns whether a character is shown as itself, and neither moves nor hides the text around it. */
  public static boolean isVisible(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE -> false;
      default -> true;
    };
  }

  private static void appendVisible(StringBuilder line, int character) {
    if (isVisible(character)) {
      line.appendCodePoint(character);
    } else {
      line.append(String.format("\\u%04x", character));
    }
  }
}
