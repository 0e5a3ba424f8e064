package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.JsonLine;
import io.kubesolo.update.agent.io.OneLine;
import io.vavr.control.Option;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a command writes: results to standard output, warnings and errors to standard error, one
 * line each. As JSON, the lines are collected and written as one object when the command ends.
 */
public final class Output {
  private final ResultStream out;
  private final PrintStream err;
  private final Terminal terminal;

  private boolean collecting;
  private boolean answered;

  /** Whether data was requested, and not only a line about what the command did. */
  private boolean data;

  private boolean dataLost;
  private @Nullable String document;
  private final List<String> lines = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();

  /** Writes to two streams that are no terminal. */
  public Output(ResultStream out, PrintStream err) {
    this(out, err, Terminal.NONE);
  }

  /**
   * Writes to two streams.
   *
   * @param out for results, in UTF-8
   * @param err for everything else
   * @param terminal what {@code out} leads to
   */
  public Output(ResultStream out, PrintStream err, Terminal terminal) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  public static Output ofProcess() {
    return new Output(
        new ResultStream(new FileOutputStream(FileDescriptor.out)),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8),
        Terminal.ofProcess());
  }

  public ResultStream out() {
    return out;
  }

  PrintStream err() {
    return err;
  }

  Terminal terminal() {
    return terminal;
  }

  /** Collects what is written from now on, for {@link #end}. */
  void collect() {
    collecting = true;
  }

  /** Writes a line of the requested data. */
  void line(String text) {
    message(text);
    noteData();
  }

  /**
   * Writes a line about what the command did. It is not a failure if the line cannot be written.
   */
  void message(String text) {
    if (collecting) {
      lines.add(text);
    } else {
      out.println(OneLine.of(text));
    }
  }

  /** Writes a line of the requested data whose parts were made by {@link #styled}. */
  void styledLine(String text) {
    if (collecting) {
      lines.add(text);
    } else {
      out.println(text);
    }
    noteData();
  }

  /** Writes a term and what it means, which is wrapped in a column of its own on a terminal. */
  void row(String term, int column, String value, @Nullable Style style) {
    int width = terminal.width() == 0 ? 0 : terminal.width() - column;
    String start = TextLayout.padded(term, column);
    for (String line : TextLayout.wrap(OneLine.of(value), width)) {
      styledLine(start + (style == null ? line : styled(style, line)));
      start = " ".repeat(column);
    }
  }

  /** Writes a document of another format than text, with its own line breaks. */
  void text(String text) {
    if (collecting) {
      document = text;
    } else {
      out.print(text);
      out.flush();
    }
    noteData();
  }

  /** Writes one line of JSON with the requested data, which is the whole answer. */
  void json(String text) {
    answer(text);
    noteData();
  }

  /** Writes one line of JSON about what the command did, which is the whole answer. */
  void answer(String text) {
    out.println(text);
    answered = true;
  }

  /** Writes bytes as they are. */
  void bytes(byte[] content) {
    out.writeBytes(content);
    out.flush();
    answered = true;
    noteData();
  }

  private void noteData() {
    data = true;
    dataLost |= out.failure().isDefined();
  }

  void warning(String text) {
    report(warnings, "warning: ", text);
  }

  void error(String text) {
    report(errors, "", text);
  }

  /** Keeps the text only if {@link #end} writes it: a replay may report any number of lines. */
  private void report(List<String> kept, String prefix, String text) {
    if (!answered) {
      kept.add(text);
    }
    err.println("update-agent: " + prefix + OneLine.of(text));
  }

  /**
   * Puts a style around text if the output is a terminal with colours; escapes control characters.
   */
  String styled(Style style, String text) {
    String safe = OneLine.of(text);
    return terminal.colour() && !collecting ? style.around(safe) : safe;
  }

  /**
   * Writes the object of what was collected, unless the command has written JSON of its own.
   *
   * @param command the name of the command
   * @param code its exit code
   */
  void end(String command, int code) {
    if (!collecting || answered) {
      return;
    }
    answer(JsonLine.object(json -> {
      json.writeStringField("command", command);
      json.writeNumberField("exit_code", code);
      JsonLine.texts(json, "lines", lines);
      if (document != null) {
        json.writeStringField("document", document);
      }
      JsonLine.texts(json, "warnings", warnings);
      JsonLine.texts(json, "errors", errors);
    }));
    dataLost |= data && out.failure().isDefined();
  }

  /**
   * Reports results that could not be written, and returns the exit code. It changes only if
   * requested data is missing; an event that was accepted stays accepted.
   */
  int checked(int code) {
    Option<String> lost = out.failure();
    if (lost.isDefined()) {
      error("standard output cannot be written: " + lost.get());
    }
    return lost.isDefined() && dataLost && code == ExitCode.OK ? ExitCode.OTHER : code;
  }
}
