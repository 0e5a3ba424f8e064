package io.kubesolo.update.agent.cli;

import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Phase;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** Deadlines as an operator types them: {@code downloading=2h,verifying=none}. */
final class DeadlineOption {
  private DeadlineOption() {}

  /** The default deadlines with those changed that the text names, or what is wrong with it. */
  static Either<String, Deadlines> parse(String text) {
    Map<Phase, Duration> limits = defaults();
    for (String part : text.split(",", -1)) {
      Option<String> problem = apply(part, limits);
      if (problem.isDefined()) {
        return Either.left("--deadlines: " + problem.get());
      }
    }
    return Either.right(new Deadlines(limits));
  }

  private static Map<Phase, Duration> defaults() {
    Map<Phase, Duration> limits = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      Deadlines.DEFAULT.limit(phase).forEach(limit -> limits.put(phase, limit));
    }
    return limits;
  }

  /** Changes one limit, or says why it cannot be. */
  private static Option<String> apply(String part, Map<Phase, Duration> limits) {
    String[] sides = part.split("=", 2);
    Option<Phase> phase = Phase.ofWireName(sides[0]).filter(named -> !named.isResting());
    if (sides.length < 2 || phase.isEmpty()) {
      return Option.some("'" + part + "' is not PHASE=DURATION with a transient phase");
    }
    if (sides[1].equals("none")) {
      limits.remove(phase.get());
      return Option.none();
    }
    Either<String, Duration> limit = DurationParser.parse(sides[1])
        .filterOrElse(given -> !given.isZero(), given -> "'" + part + "' is not more than zero");
    limit.forEach(given -> limits.put(phase.get(), given));
    return limit.swap().toOption();
  }
}
