package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.FileWatch;
import io.kubesolo.update.agent.monitor.StatusReader;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
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
            "The phases: " + String.join(", ", phaseNames().subList(0, 5)) + ",",
            String.join(", ", phaseNames().subList(5, Phase.values().length)) + ".")
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
    Set<Phase> phases = phases();
    Duration most = timeout == null ? FOR_EVER : DurationParser.parse("--timeout", timeout);
    try (FileWatch changes = FileWatch.of(context.statePath())) {
      return follow(changes, phases, most);
    }
  }

  private int follow(FileWatch changes, Set<Phase> phases, Duration most)
      throws Failure, InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    UpdateState state = look();
    Option<Phase> reached = Option.some(state.phase()).filter(phases::contains);
    while (reached.isEmpty()) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      if (left.isNegative() || left.isZero() || !changes.await(left)) {
        throw Failure.at(
            context.statePath(),
            "still %s after %s".formatted(state.phase(), Deadlines.inWords(most)));
      }
      UpdateState next = look();
      reached = PhasesPassed.between(state, next).find(phases::contains);
      state = next;
    }
    return done(reached.get().wireName());
  }

  private UpdateState look() throws Failure {
    return Failure.orThrow(StatusReader.load(context.statePath())).state();
  }

  private Set<Phase> phases() throws Failure {
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    for (String given : names.split(",", -1)) {
      String name = given.strip();
      Option<Phase> phase = Phase.ofWireName(name);
      if (phase.isEmpty()) {
        throw wrong("unknown phase '" + name + "'"
            + Suggestion.wordsOr(
                name, phaseNames(), "; the phases are " + String.join(", ", phaseNames())));
      }
      phases.add(phase.get());
    }
    return phases;
  }

  private static List<String> phaseNames() {
    return Stream.of(Phase.values()).map(Phase::wireName).toList();
  }
}
