package io.kubesolo.update.core;

import io.vavr.control.Option;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * All that is remembered of an update: what the state file holds, as a value. Empty text counts as
 * absent. Instants lie in the years 0000 to 9999, and text is well-formed Unicode, so that every
 * state that can be constructed can be written and read back.
 *
 * <p>Immutable.
 *
 * @param phase where the update stands
 * @param fromVersion the version that ran when the attempt took its target on
 * @param toVersion the version the attempt is for, or was
 * @param startedAt when the attempt began, by the wall clock
 * @param updatedAt when the last event was accepted, by the wall clock
 * @param lastError the most recent error; cleared at success and idle
 * @param attemptCount attempts at {@code toVersion}, zero or more, at most {@link Long#MAX_VALUE}
 * @param revision accepted events so far, zero or more, at most {@link Long#MAX_VALUE}
 * @param boot the moment of the last event within its boot
 * @param rolledBackVersions versions rolled back before, oldest first
 * @param history the last accepted events, oldest first
 */
public record UpdateState(
    Phase phase,
    Option<String> fromVersion,
    Option<String> toVersion,
    Option<Instant> startedAt,
    Option<Instant> updatedAt,
    Option<String> lastError,
    long attemptCount,
    long revision,
    Option<Boot> boot,
    List<String> rolledBackVersions,
    List<HistoryEntry> history) {

  /** The first instant that the state file can hold. */
  public static final Instant MIN_INSTANT = startOf(0);

  /** The last instant that the state file can hold. */
  public static final Instant MAX_INSTANT = startOf(10_000).minusNanos(1);

  /** Go's zero time, by which the state file says "never". */
  public static final Instant NEVER = startOf(1);

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if a count is negative, an instant out of range, or text
   *     holds a lone surrogate
   */
  public UpdateState {
    fromVersion = text("from_version", fromVersion);
    toVersion = text("to_version", toVersion);
    lastError = text("last_error", lastError);
    startedAt = instant("started_at", startedAt);
    updatedAt = instant("updated_at", updatedAt);
    requireCount("attempt_count", attemptCount);
    requireCount("revision", revision);
    rolledBackVersions = List.copyOf(rolledBackVersions);
    for (String version : rolledBackVersions) {
      requireWellFormed("rolled_back_versions", version);
    }
    history = Recent.of(history);
  }

  /**
   * The state of a device on which no update was ever tried.
   *
   * @param now the present time
   * @return idle, at revision 0
   */
  public static UpdateState fresh(Instant now) {
    return new UpdateState(
        Phase.IDLE,
        Option.none(),
        Option.none(),
        Option.none(),
        Option.some(now),
        Option.none(),
        0,
        0,
        Option.none(),
        List.of(),
        List.of());
  }

  /**
   * What the machine promises of each state it makes of one that keeps these promises. A state that
   * another program wrote may break them, and is worked with all the same.
   *
   * @return a line for each promise that this state breaks
   */
  public List<String> violations() {
    List<String> broken = new ArrayList<>(0);
    switch (phase) {
      case IDLE -> {
        if (lastError.isDefined()) {
          broken.add("idle carries an error");
        }
      }
      case CHECKING -> {}
      case DOWNLOADING, STAGED, ACTIVATED, VERIFYING -> {
        if (toVersion.isEmpty()) {
          broken.add(phase + " carries no target");
        }
      }
      case SUCCESS -> {
        if (lastError.isDefined()) {
          broken.add("success carries an error");
        }
        if (toVersion.isEmpty()) {
          broken.add("success carries no target");
        }
      }
      case ROLLED_BACK, FAILED -> {
        if (lastError.isEmpty()) {
          broken.add(phase + " carries no error");
        }
      }
    }
    return broken;
  }

  /**
   * Replaces the history.
   *
   * @param entries the new history, oldest first
   * @return this state with that history
   */
  public UpdateState withHistory(List<HistoryEntry> entries) {
    return new UpdateState(
        phase,
        fromVersion,
        toVersion,
        startedAt,
        updatedAt,
        lastError,
        attemptCount,
        revision,
        boot,
        rolledBackVersions,
        entries);
  }

  /**
   * The history after one more event: the last {@link Edge#MAX_HISTORY} entries.
   *
   * @param entry what to remember of the event
   * @return the new history, oldest first, unmodifiable
   */
  public List<HistoryEntry> historyAnd(HistoryEntry entry) {
    return Recent.of(history).and(entry, Edge.MAX_HISTORY);
  }

  UpdateState withStartedAt(Instant instant) {
    return new UpdateState(
        phase,
        fromVersion,
        toVersion,
        Option.some(instant),
        updatedAt,
        lastError,
        attemptCount,
        revision,
        boot,
        rolledBackVersions,
        history);
  }

  UpdateState withTarget(String from, String to, long attempts) {
    return new UpdateState(
        phase,
        Option.some(from),
        Option.some(to),
        startedAt,
        updatedAt,
        lastError,
        attempts,
        revision,
        boot,
        rolledBackVersions,
        history);
  }

  UpdateState withLastError(Option<String> error) {
    if (error.equals(lastError)) {
      return this;
    }
    return new UpdateState(
        phase,
        fromVersion,
        toVersion,
        startedAt,
        updatedAt,
        error,
        attemptCount,
        revision,
        boot,
        rolledBackVersions,
        history);
  }

  UpdateState withAttemptCount(long attempts) {
    return new UpdateState(
        phase,
        fromVersion,
        toVersion,
        startedAt,
        updatedAt,
        lastError,
        attempts,
        revision,
        boot,
        rolledBackVersions,
        history);
  }

  UpdateState withRolledBackVersions(List<String> versions) {
    if (versions.equals(rolledBackVersions)) {
      return this;
    }
    return new UpdateState(
        phase,
        fromVersion,
        toVersion,
        startedAt,
        updatedAt,
        lastError,
        attemptCount,
        revision,
        boot,
        versions,
        history);
  }

  /** This state after one more accepted event: what every event does, whatever its actions. */
  UpdateState entering(Phase to, EventContext context, List<HistoryEntry> entries) {
    return new UpdateState(
        to,
        fromVersion,
        toVersion,
        startedAt,
        Option.some(context.now()),
        lastError,
        attemptCount,
        saturatedIncrement(revision),
        context.boot(),
        rolledBackVersions,
        entries);
  }

  /** Whether a version is the target. */
  boolean targets(String version) {
    return toVersion.isDefined() && toVersion.get().equals(version);
  }

  private static Instant startOf(int year) {
    return LocalDate.of(year, 1, 1).atStartOfDay().toInstant(ZoneOffset.UTC);
  }

  static long saturatedIncrement(long count) {
    return count == Long.MAX_VALUE ? count : count + 1;
  }

  static Option<String> text(String name, Option<String> value) {
    if (value.isEmpty() || value.get().isEmpty()) {
      return Option.none();
    }
    requireWellFormed(name, value.get());
    return value;
  }

  private static Option<Instant> instant(String name, Option<Instant> value) {
    if (value.isEmpty() || value.get().equals(NEVER)) {
      return Option.none();
    }
    requireWritable(name, value.get());
    return value;
  }

  static void requireWellFormed(String name, String text) {
    if (Text.hasLoneSurrogate(text)) {
      throw new IllegalArgumentException(name + " holds a lone surrogate");
    }
  }

  static void requireWritable(String name, Instant instant) {
    if (instant.isBefore(MIN_INSTANT) || instant.isAfter(MAX_INSTANT)) {
      throw new IllegalArgumentException(name + " is outside the years 0000 to 9999");
    }
  }

  private static void requireCount(String name, long count) {
    if (count < 0) {
      throw new IllegalArgumentException(name + " is negative");
    }
  }
}
