package io.kubesolo.update.core;

import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The limits on the time that an update spends in each transient phase. Time is measured by the
 * kernel's uptime, never by the wall clock.
 *
 * <p>Immutable.
 */
public final class Deadlines {
  /** Five minutes for checking, six hours for downloading, half an hour for verifying. */
  public static final Deadlines DEFAULT = new Deadlines(Map.of(
      Phase.CHECKING, Duration.ofMinutes(5),
      Phase.DOWNLOADING, Duration.ofHours(6),
      Phase.VERIFYING, Duration.ofMinutes(30)));

  private final Map<Phase, Duration> limits;

  /**
   * Makes deadlines.
   *
   * @param limits the limit of each phase, more than zero; a phase that is left out has no limit
   * @throws IllegalArgumentException if a resting phase has a limit, a limit is not more than
   *     zero, or something is null
   */
  public Deadlines(Map<Phase, Duration> limits) {
    Map<Phase, Duration> all = new EnumMap<>(Phase.class);
    Arguments.requireNonNull(limits, "the limits").forEach((phase, limit) -> {
      Arguments.requireNonNull(phase, "a phase");
      Arguments.requireNonNull(limit, "the limit of " + phase);
      if (phase.isResting()) {
        throw new IllegalArgumentException(phase + " is a resting phase and can have no deadline");
      }
      if (limit.isNegative() || limit.isZero()) {
        throw new IllegalArgumentException(
            "the deadline of " + phase + " is not more than zero: " + limit);
      }
      all.put(phase, limit);
    });
    this.limits = all;
  }

  /**
   * Returns these deadlines with some limits changed.
   *
   * @param changes the new limits; zero removes the limit of a phase
   * @return these deadlines with those limits
   * @throws IllegalArgumentException if a resting phase has a limit, a limit is negative, or
   *     something is null
   */
  public Deadlines with(Map<Phase, Duration> changes) {
    Map<Phase, Duration> all = new EnumMap<>(Phase.class);
    all.putAll(limits);
    Arguments.requireNonNull(changes, "the changes")
        .forEach((phase, limit) -> all.put(Arguments.requireNonNull(phase, "a phase"), limit));
    all.values().removeIf(Duration.ZERO::equals);
    return new Deadlines(all);
  }

  /** {@return the limit of each phase that has one; cannot be modified} */
  public Map<Phase, Duration> limits() {
    return Collections.unmodifiableMap(limits);
  }

  /**
   * Returns the limit of a phase.
   *
   * @param phase the phase
   * @return the limit, or none if the phase has no limit
   */
  public Option<Duration> limit(Phase phase) {
    return Option.of(limits.get(phase));
  }

  /**
   * Checks whether the present phase is overdue.
   *
   * @param state the stored state
   * @param now the present boot and uptime; none if they are unknown
   * @return the overdue phase with the event that ends it; none if it is not overdue
   */
  public Option<Overdue> overdue(UpdateState state, Option<Boot> now) {
    Duration limit = limits.get(state.phase());
    Option<Duration> age = limit == null ? Option.none() : age(state, now);
    return limit != null && age.isDefined() && age.get().compareTo(limit) > 0
        ? Option.some(new Overdue(state.phase(), age.get(), limit, ending(state, limit)))
        : Option.none();
  }

  /**
   * Returns the time that the present phase has lasted in this boot.
   *
   * @param state the stored state
   * @param now the present boot and uptime; none if they are unknown
   * @return the time since the last event, or since the start of this boot if that is later; by the
   *     clock of a {@linkplain Boot#DATABASE database}, the time since the last event; none if it
   *     is unknown
   */
  public static Option<Duration> age(UpdateState state, Option<Boot> now) {
    if (now.isEmpty()) {
      return Option.none();
    }
    Option<Boot> last = state.boot();
    if (!now.get().id().equals(Boot.DATABASE)) {
      return Option.some(ageInBoot(state, now.get()));
    }
    return last.isDefined() && last.get().id().equals(Boot.DATABASE)
        ? Option.some(since(last.get(), now.get()))
        : Option.none();
  }

  private static Duration ageInBoot(UpdateState state, Boot boot) {
    boolean sameBoot = Rebooted.between(state.boot(), Option.some(boot)) == Rebooted.NO;
    return sameBoot ? since(state.boot().get(), boot) : boot.uptime();
  }

  private static Duration since(Boot last, Boot now) {
    Duration age = now.uptime().minus(last.uptime());
    return age.isNegative() ? Duration.ZERO : age;
  }

  private static UpdateEvent ending(UpdateState state, Duration limit) {
    String error = "timed out in " + state.phase() + " after " + inWords(limit);
    return switch (state.phase()) {
      // The target never ran.
      case ACTIVATED -> new Rollback(error, true);
      case VERIFYING -> new Rollback(error);
      case IDLE, CHECKING, DOWNLOADING, STAGED, SUCCESS, ROLLED_BACK, FAILED -> new Fail(error);
    };
  }

  /**
   * Formats a duration as readable text, in its two largest units: {@code 6h}, {@code 1h 30m}.
   *
   * @param duration zero or more
   * @return the text, rounded down to the second
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
   * A phase that has lasted longer than its limit.
   *
   * @param phase the phase
   * @param age the time that it has lasted
   * @param limit the limit that it exceeds
   * @param event the event that ends it
   */
  public record Overdue(Phase phase, Duration age, Duration limit, UpdateEvent event) {}
}
