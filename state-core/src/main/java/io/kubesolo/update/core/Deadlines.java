package io.kubesolo.update.core;

import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long an update may stay in a transient phase. Time is measured by the kernel's uptime and
 * never by the wall clock.
 *
 * <p>Immutable.
 */
public final class Deadlines {
  /** Five minutes to ask the server, six hours to download, half an hour to verify. */
  public static final Deadlines DEFAULT = new Deadlines(Map.of(
      Phase.CHECKING, Duration.ofMinutes(5),
      Phase.DOWNLOADING, Duration.ofHours(6),
      Phase.VERIFYING, Duration.ofMinutes(30)));

  private final Map<Phase, Duration> limits;

  /**
   * Sets limits.
   *
   * @param limits how long each phase may last, more than zero; a phase that is left out may last
   *     for ever
   * @throws IllegalArgumentException if a resting phase is given a limit, or a limit is not more
   *     than zero
   */
  public Deadlines(Map<Phase, Duration> limits) {
    this.limits = limits.isEmpty() ? Map.of() : new EnumMap<>(limits);
    limits.forEach((phase, limit) -> {
      if (phase.isResting() || limit.isNegative() || limit.isZero()) {
        throw new IllegalArgumentException("no deadline can be " + phase + " for " + limit);
      }
    });
  }

  /**
   * Finds the limit of a phase.
   *
   * @param phase the phase
   * @return how long it may last, or none where it may last for ever
   */
  public Option<Duration> limit(Phase phase) {
    return Option.of(limits.get(phase));
  }

  /**
   * Tells whether an update has stayed too long, and what to send then.
   *
   * @param state the stored state
   * @param now the present moment within this boot; none where the kernel does not tell
   * @return the event that ends the phase, or none while there is time
   */
  public Option<Overdue> overdue(UpdateState state, Option<Boot> now) {
    return limit(state.phase())
        .flatMap(limit -> age(state, now)
            .filter(age -> age.compareTo(limit) > 0)
            .map(age -> new Overdue(state.phase(), age, limit, ending(state, limit))));
  }

  /**
   * Tells how long the present phase has lasted, as far as this boot knows.
   *
   * @param state the stored state
   * @param now the present moment within this boot; none where the kernel does not tell
   * @return the time since the last event, or since this boot if that is later; none if unknown
   */
  public static Option<Duration> age(UpdateState state, Option<Boot> now) {
    return now.map(boot -> {
      Duration since =
          Reconciliation.sameBoot(state, now) ? state.boot().get().uptime() : Duration.ZERO;
      Duration age = boot.uptime().minus(since);
      return age.isNegative() ? Duration.ZERO : age;
    });
  }

  private static UpdateEvent ending(UpdateState state, Duration limit) {
    String error = "timed out in " + state.phase() + " after " + inWords(limit);
    return switch (state.phase()) {
      case ACTIVATED, VERIFYING -> new Rollback(error);
      default -> new Fail(error);
    };
  }

  /**
   * Writes a duration for a person, by its two largest units: {@code 6h}, {@code 1h 30m}.
   *
   * @param duration zero or more
   * @return the words, to the second
   */
  public static String inWords(Duration duration) {
    long[] counts = {
      duration.toDaysPart(),
      duration.toHoursPart(),
      duration.toMinutesPart(),
      duration.toSecondsPart()
    };
    String units = "dhms";
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        String first = counts[i] + units.substring(i, i + 1);
        boolean last = i + 1 == counts.length || counts[i + 1] == 0;
        return last ? first : first + " " + counts[i + 1] + units.charAt(i + 1);
      }
    }
    return "0s";
  }

  /**
   * An update that stayed too long.
   *
   * @param phase where it is
   * @param age how long it has been there
   * @param limit how long it may be there
   * @param event what to send
   */
  public record Overdue(Phase phase, Duration age, Duration limit, UpdateEvent event) {}
}
