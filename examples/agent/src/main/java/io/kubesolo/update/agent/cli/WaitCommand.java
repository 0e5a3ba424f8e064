package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.FileWatch;
import io.kubesolo.update.agent.monitor.StatusReader;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Waits until the update reaches a phase. */
final class WaitCommand extends AgentCommand {
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private String names = "";
  private @Nullable String timeout;

  WaitCommand(CommandContext context) {
    super(
        context,
        "Waits until the update reaches a phase.",
        "Exits with 0 once it was reached, even if it was left again, and with 1 on timeout.");
    syntax
        .required(
            "--for",
            "PHASE,...",
            phaseNames(),
            given -> names = given,
            "The phases: idle, checking, downloading, staged, activated,",
            "verifying, success, rolled_back, failed.")
        .option(
            "--timeout",
            "D",
            String.class,
            given -> timeout = given,
            "How long to wait, for example 90s or 1h30m (default: without limit).")
        .example("  update-agent wait --for success,rolled_back,failed --timeout 30m");
  }

  @Override
  public Integer call() throws InterruptedException {
    Set<Phase> phases = phases().getOrElseThrow(this::wrong);
    Duration most = timeout == null
        ? FOR_EVER
        : DurationParser.parse(timeout).getOrElseThrow(problem -> wrong("--timeout: " + problem));
    Either<Failure, FileWatch> watch = FileWatch.of(context.statePath());
    if (watch.isLeft()) {
      return context.fail(watch.getLeft());
    }
    try (FileWatch changes = watch.get()) {
      return follow(changes, phases, most);
    } catch (IOException e) {
      return context.fail(Failure.at(context.statePath(), e));
    }
  }

  private int follow(FileWatch changes, Set<Phase> phases, Duration most)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    Option<UpdateState> last = Option.none();
    do {
      Either<StoreFailure, UpdateState> read =
          StatusReader.load(context.statePath()).map(loaded -> loaded.state());
      if (read.isLeft()) {
        return context.fail(read.getLeft());
      }
      Option<Phase> reached = reached(last, read.get(), phases);
      if (reached.isDefined()) {
        context.output.line(reached.get().wireName());
        return ExitCode.OK;
      }
      last = Option.some(read.get());
    } while (end - System.nanoTime() > 0
        && changes.await(Duration.ofNanos(end - System.nanoTime())));
    return timedOut(last.get().phase(), most);
  }

  /** The phase that the update is in, or that it has been in since the last look. */
  private static Option<Phase> reached(
      Option<UpdateState> last, UpdateState state, Set<Phase> phases) {
    if (phases.contains(state.phase())) {
      return Option.some(state.phase());
    }
    return last.flatMap(before ->
        Option.ofOptional(newer(before.history(), state.history()).stream()
            .flatMap(entry -> Phase.ofWireName(entry.to()).toJavaStream())
            .filter(phases::contains)
            .findFirst()));
  }

  /** The entries that came after those seen before. */
  private static List<HistoryEntry> newer(List<HistoryEntry> seen, List<HistoryEntry> now) {
    int known = seen.isEmpty() ? -1 : now.lastIndexOf(seen.get(seen.size() - 1));
    return now.subList(known + 1, now.size());
  }

  private int timedOut(Phase phase, Duration most) {
    context.output.error(
        "%s: still %s after %s".formatted(context.statePath(), phase, Deadlines.inWords(most)));
    return ExitCode.OTHER;
  }

  private Either<String, Set<Phase>> phases() {
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    for (String name : names.split(",", -1)) {
      Option<Phase> phase = Phase.ofWireName(name);
      if (phase.isEmpty()) {
        return Either.left(
            "'" + name + "' is no phase; the phases are " + String.join(", ", phaseNames()));
      }
      phases.add(phase.get());
    }
    return Either.right(phases);
  }

  private static List<String> phaseNames() {
    return Stream.of(Phase.values()).map(Phase::wireName).toList();
  }
}
