package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import picocli.CommandLine.Help.Ansi;

/**
 * Where a command writes: results to {@code out}, warnings and errors to {@code err}, one line each.
 *
 * @param out for results, in UTF-8
 * @param err for everything else
 * @param colour whether a person looks at it
 */
record Output(ResultStream out, PrintStream err, boolean colour) {

  static Output ofProcess() {
    return new Output(
        new ResultStream(new FileOutputStream(FileDescriptor.out)),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8),
        Ansi.AUTO.enabled());
  }

  void line(String text) {
    out.println(text);
  }

  /** Prints text that brings its own line breaks. */
  void text(String text) {
    out.print(text);
    out.flush();
  }

  void warning(String text) {
    err.println("update-agent: warning: " + oneLine(text));
  }

  void error(String text) {
    err.println("update-agent: " + oneLine(text));
  }

  /**
   * Puts a style around text where a person looks at it.
   *
   * @param style a style of picocli, such as {@code bold} or {@code fg(red)}
   */
  String styled(String style, String text) {
    Ansi.IStyle[] codes = Ansi.Style.parse(style);
    return colour ? Ansi.Style.on(codes) + text + Ansi.Style.off(codes) : text;
  }

  /** Text from outside may hold line breaks and terminal controls; here it stays on its line. */
  static String oneLine(String text) {
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

  private static void appendVisible(StringBuilder line, int character) {
    switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE -> line.append(String.format("\\u%04x", character));
      default -> line.appendCodePoint(character);
    }
  }
}
