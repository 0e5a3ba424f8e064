package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.OneLine;
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
public record Output(ResultStream out, PrintStream err, boolean colour) {

  public static Output ofProcess() {
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
    err.println("update-agent: warning: " + OneLine.of(text));
  }

  void error(String text) {
    err.println("update-agent: " + OneLine.of(text));
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
}
