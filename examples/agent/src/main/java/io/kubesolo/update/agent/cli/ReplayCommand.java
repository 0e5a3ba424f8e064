package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.event.ReplayLine;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;

/** Sends events from lines of JSON, and answers each with a line of JSON. */
final class ReplayCommand extends AgentCommand {
  private Path source = Path.of(STANDARD_INPUT);

  /** The present time of the lifecycle: that of the line, if it names one. */
  private Option<Instant> lineTime = Option.none();

  ReplayCommand(CommandContext context) {
    super(
        context,
        "Reads one event per line of JSON, sends it, and answers with one line of JSON.",
        "The keys of a line are event, to_version, running_version, error, force, retry,",
        "and at, which sets the clock. What is wrong with an invalid line is reported",
        "on standard error, and the replay goes on.");
    syntax
        .parameter(
            "FILE", Path.class, file -> source = file, "The file to read; - is standard input.")
        .example("  echo '{\"event\":\"fail\",\"error\":\"no network\"}' | update-agent replay -");
  }

  @Override
  public Integer call() throws Failure {
    try (UpdateLifecycle lifecycle = context.open(() -> lineTime.getOrElse(Instant::now));
        InputStream lines = input(source)) {
      return replay(new LineReader(new BufferedInputStream(lines)), lifecycle);
    } catch (IOException e) {
      throw unreadable(source, e);
    }
  }

  private int replay(LineReader lines, UpdateLifecycle lifecycle) throws IOException, Failure {
    long number = 0;
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      number++;
      context.output.json(answer(number, line, lifecycle));
      if (context.output.out().checkError()) {
        return ExitCode.OTHER;
      }
    }
    return ExitCode.OK;
  }

  /** Sends the event of a line, and returns the line that answers it. */
  private String answer(long number, byte[] line, UpdateLifecycle lifecycle) throws Failure {
    Either<String, ReplayLine> parsed = ReplayLine.parse(line);
    if (parsed.isLeft()) {
      Failure.orThrow(lifecycle.refresh());
      context.output.error(
          source + ": line " + number + ": " + LineReader.problem(parsed.getLeft()));
      return JsonAnswer.invalid(lifecycle);
    }
    lineTime = parsed.get().at();
    Either<Rejection, UpdateState> answer = lifecycle.send(parsed.get().event());
    Option<String> json = JsonAnswer.of(answer, lifecycle);
    if (json.isEmpty()) {
      throw Failure.of(answer.getLeft());
    }
    return json.get();
  }
}
