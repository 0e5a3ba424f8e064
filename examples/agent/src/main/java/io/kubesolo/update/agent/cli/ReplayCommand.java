package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Sends events from lines of JSON, and answers each with a line of JSON. */
final class ReplayCommand extends AgentCommand {
  private Path source = Path.of("-");

  /** What the lifecycle takes for the present time: that of the line, if it names one. */
  private Option<Instant> lineTime = Option.none();

  ReplayCommand(CommandContext context) {
    super(
        context, "Reads one event per line of JSON, sends it, and answers with one line of JSON.");
    syntax
        .parameter(
            "FILE", Path.class, file -> source = file, "The file to read; - is standard input.")
        .example(
            "  echo '{\"event\":\"fail\",\"error\":\"no network\"}' | update-agent replay -",
            "  Keys: event, to_version, running_version, error, force, and at, which sets the clock.");
  }

  @Override
  public Integer call() {
    Either<StoreFailure, UpdateLifecycle> opened =
        context.open(() -> lineTime.getOrElse(Instant::now));
    if (opened.isLeft()) {
      return context.fail(opened.getLeft());
    }
    try (UpdateLifecycle lifecycle = opened.get();
        InputStream lines = open()) {
      return replay(new LineReader(new BufferedInputStream(lines)), lifecycle);
    } catch (IOException e) {
      context.output.error(Failure.at(source, e).message());
      return ExitCode.OTHER;
    }
  }

  private int replay(LineReader lines, UpdateLifecycle lifecycle) throws IOException {
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      Either<Rejection, String> answer = answer(line, lifecycle);
      if (answer.isLeft()) {
        return context.fail(answer.getLeft());
      }
      context.output.line(answer.get());
      if (context.output.out().checkError()) {
        return ExitCode.OTHER;
      }
    }
    return ExitCode.OK;
  }

  /** The line that answers a line, or why the replay cannot go on. */
  private Either<Rejection, String> answer(byte[] line, UpdateLifecycle lifecycle) {
    Option<ReplayLine> parsed = ReplayLine.parse(line);
    if (parsed.isEmpty()) {
      return Either.right(JsonAnswer.invalid(lifecycle.table(), lifecycle.state()));
    }
    lineTime = parsed.get().at();
    Either<Rejection, UpdateState> sent = lifecycle.send(parsed.get().event());
    if (sent.isRight()) {
      return Either.right(JsonAnswer.accepted(sent.get()));
    }
    return JsonAnswer.rejected(sent.getLeft(), lifecycle.table(), lifecycle.state())
        .toEither(sent.getLeft());
  }

  private InputStream open() throws IOException {
    return source.toString().equals("-") ? context.input : Files.newInputStream(source);
  }

  /** Lines of bytes, of which one that is too long is cut, since no event needs it whole. */
  private static final class LineReader {
    private static final int MAX_LINE = 1 << 20;

    private final InputStream in;

    LineReader(InputStream in) {
      this.in = in;
    }

    /** The next line without its end, or null after the last one. */
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
}
