package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.FileWatch;
import io.kubesolo.update.agent.monitor.StatusReader;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
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
  public Integer call() throws Failure, InterruptedException {
    Set<Phase> phases = phases().getOrElseThrow(this::wrong);
    Duration most = timeout == null
        ? FOR_EVER
        : DurationParser.parse(timeout).getOrElseThrow(problem -> wrong("--timeout: " + problem));
    try (FileWatch changes = FileWatch.of(context.statePath())) {
      return follow(changes, phases, most);
    } catch (IOException e) {
      throw Failure.at(context.statePath(), e);
    }
  }

  private int follow(FileWatch changes, Set<Phase> phases, Duration most)
      throws Failure, IOException, InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    Option<UpdateState> last = Option.none();
    UpdateState state;
    do {
      state = Failure.orThrow(StatusReader.load(context.statePath())).state();
      Option<Phase> reached = reached(last, state, phases);
      if (reached.isDefined()) {
        return done(reached.get().wireName());
      }
      last = Option.some(state);
    } while (end - System.nanoTime() > 0
        && changes.await(Duration.ofNanos(end - System.nanoTime())));
    throw Failure.at(
        context.statePath(), "still %s after %s".formatted(state.phase(), Deadlines.inWords(most)));
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
