package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Phase;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Deadlines as an operator types them: {@code downloading=2h,verifying=none}. */
final class DeadlineOption {
  private static final List<String> TRANSIENT = Stream.of(Phase.values())
      .filter(phase -> !phase.isResting())
      .map(Phase::wireName)
      .toList();

  private DeadlineOption() {}

  /** Returns the default deadlines with the changes that the text names. */
  static Deadlines parse(String text) throws Failure {
    Map<Phase, Duration> changes = new EnumMap<>(Phase.class);
    for (String part : text.split(",", -1)) {
      read(part.strip(), changes);
    }
    return Deadlines.DEFAULT.with(changes);
  }

  private static void read(String part, Map<Phase, Duration> changes) throws Failure {
    String[] sides = part.split("=", 2);
    Option<Phase> phase = Phase.ofWireName(sides[0]).filter(named -> !named.isResting());
    if (sides.length < 2 || phase.isEmpty()) {
      throw AgentCommand.wrong(
          "--deadlines: '" + part + "' is not PHASE=DURATION with a transient phase"
              + Suggestion.words(sides[0], TRANSIENT));
    }
    if (changes.containsKey(phase.get())) {
      throw AgentCommand.wrong("--deadlines: " + sides[0] + " is given more than once");
    }
    if (sides[1].equals("none")) {
      changes.put(phase.get(), Duration.ZERO);
      return;
    }
    Duration limit = DurationParser.parse("--deadlines", sides[1]);
    if (limit.isZero()) {
      throw AgentCommand.wrong("--deadlines: '" + part + "' is not more than zero");
    }
    changes.put(phase.get(), limit);
  }
}
