package io.kubesolo.update.agent.monitor;

import java.util.List;

/** Text as HTML. Everything that comes from outside goes through {@link #text}. */
final class Html {
  private Html() {}

  /** Escapes text for use between tags and in quoted attributes. */
  static String text(String raw) {
    StringBuilder escaped = new StringBuilder(raw.length() + 16);
    raw.codePoints().forEach(each -> {
      switch (each) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.appendCodePoint(isShown(each) ? each : 0xFFFD);
      }
    });
    return escaped.toString();
  }

  /** Whether HTML may hold a character, and a reader is not led astray by it. */
  private static boolean isShown(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL -> character == '\n' || character == '\t';
      case Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR -> false;
      default -> true;
    };
  }

  /** A row of a description list; the value is HTML already. */
  static String row(String name, String html) {
    return "<div><dt>" + text(name) + "</dt><dd>" + html + "</dd></div>\n";
  }

  /** A word of the machine or of a version. */
  static String code(String raw) {
    return "<code>" + text(raw) + "</code>";
  }

  static String join(List<String> html) {
    return String.join("", html);
  }
}
