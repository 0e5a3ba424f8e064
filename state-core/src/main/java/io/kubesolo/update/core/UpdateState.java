package io.kubesolo.update.core;

import io.vavr.control.Option;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * The state of the update lifecycle: the content of the state file, as a value. Empty text counts
 * as absent. Instants lie in the years 0000 to 9999, and text is well-formed Unicode, so that every
 * state that can be constructed can be written and read back.
 *
 * <p>Make one by {@link #fresh}, {@link #builder} or {@link #toBuilder}. Immutable.
 *
 * @param phase the phase of the update
 * @param fromVersion the version that ran when the attempt chose its target
 * @param toVersion the target: the version that the latest attempt is or was for
 * @param startedAt when the attempt began, by the wall clock
 * @param updatedAt when the last event was accepted, by the wall clock
 * @param lastError the most recent error; cleared at success and idle
 * @param attemptCount attempts at {@code toVersion}, zero or more, at most {@link Long#MAX_VALUE}
 * @param revision accepted events so far, zero or more, at most {@link Long#MAX_VALUE}
 * @param boot the boot and the uptime at the last event
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
   *     holds a lone surrogate, or a component or an entry of a list is null
   */
  public UpdateState {
    Arguments.requireNonNull(phase, "phase");
    Arguments.requireNonNull(boot, "boot");
    fromVersion = text("from_version", fromVersion);
    toVersion = text("to_version", toVersion);
    lastError = text("last_error", lastError);
    startedAt = instant("started_at", startedAt);
    updatedAt = instant("updated_at", updatedAt);
    requireCount("attempt_count", attemptCount);
    requireCount("revision", revision);
    String[] versions =
        Arguments.requireNonNull(rolledBackVersions, "rolled_back_versions").toArray(String[]::new);
    for (String version : versions) {
      Arguments.requireNonNull(version, "an entry of rolled_back_versions");
      requireWellFormed("rolled_back_versions", version);
    }
    rolledBackVersions = List.of(versions);
    history = HistoryList.of(Arguments.requireNonNull(history, "history"));
  }

  /**
   * Returns the state of a device on which no update was ever tried.
   *
   * @param now the present time
   * @return idle, at revision 0
   */
  public static UpdateState fresh(Instant now) {
    return builder().updatedAt(Option.some(now)).build();
  }

  /** {@return a builder of an idle state at revision 0, whose other values are absent} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder of a state that equals this one until a value is set} */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * Checks the invariants that the machine keeps: it never makes a state that violates one from
   * a state that violates none. A state that another program wrote may violate them, and is
   * used nevertheless.
   *
   * @return one line for each invariant that this state violates
   */
  public List<String> violations() {
    List<String> violations = new ArrayList<>(0);
    switch (phase) {
      case IDLE -> {
        if (lastError.isDefined()) {
          violations.add("idle carries an error");
        }
      }
      case CHECKING -> {}
      case DOWNLOADING, STAGED, ACTIVATED, VERIFYING -> {
        if (toVersion.isEmpty()) {
          violations.add(phase + " carries no target");
        }
      }
      case SUCCESS -> {
        if (lastError.isDefined()) {
          violations.add("success carries an error");
        }
        if (toVersion.isEmpty()) {
          violations.add("success carries no target");
        }
      }
      case ROLLED_BACK, FAILED -> {
        if (lastError.isEmpty()) {
          violations.add(phase + " carries no error");
        }
      }
    }
    return violations;
  }

  /**
   * Returns the history after one more event: the last {@link Edge#MAX_HISTORY} entries.
   *
   * @param entry the entry of the event
   * @return the new history, oldest first, unmodifiable
   */
  public List<HistoryEntry> historyAnd(HistoryEntry entry) {
    return HistoryList.of(history).and(entry, Edge.MAX_HISTORY);
  }

  /** Returns whether a version is the target. */
  boolean targets(String version) {
    return is(toVersion, version);
  }

  private static boolean is(Option<String> target, String version) {
    return target.isDefined() && target.get().equals(version);
  }

  private static Instant startOf(int year) {
    return LocalDate.of(year, 1, 1).atStartOfDay().toInstant(ZoneOffset.UTC);
  }

  static long saturatedIncrement(long count) {
    return count == Long.MAX_VALUE ? count : count + 1;
  }

  static Option<String> text(String name, Option<String> value) {
    if (Arguments.requireNonNull(value, name).isEmpty()) {
      return Option.none();
    }
    requireWellFormed(name, value.get());
    return value.get().isEmpty() ? Option.none() : value;
  }

  private static Option<Instant> instant(String name, Option<Instant> value) {
    if (Arguments.requireNonNull(value, name).isEmpty()) {
      return Option.none();
    }
    requireWritable(name, value.get());
    return value.get().equals(NEVER) ? Option.none() : value;
  }

  static void requireWellFormed(String name, String text) {
    if (Text.hasLoneSurrogate(Arguments.requireNonNull(text, name))) {
      throw new IllegalArgumentException(name + " holds a lone surrogate");
    }
  }

  static void requireWritable(String name, Instant instant) {
    Arguments.requireNonNull(instant, name);
    if (instant.isBefore(MIN_INSTANT) || instant.isAfter(MAX_INSTANT)) {
      throw new IllegalArgumentException(name + " is outside the years 0000 to 9999");
    }
  }

  private static void requireCount(String name, long count) {
    if (count < 0) {
      throw new IllegalArgumentException(name + " is negative");
    }
  }

  /**
   * Builds states. Values that are not set stay as in the state that the builder was made from.
   *
   * <p>For use by one thread.
   */
  public static final class Builder {
    private Phase phase = Phase.IDLE;
    private Option<String> fromVersion = Option.none();
    Option<String> toVersion = Option.none();
    private Option<Instant> startedAt = Option.none();
    private Option<Instant> updatedAt = Option.none();
    private Option<String> lastError = Option.none();
    long attemptCount;
    private long revision;
    private Option<Boot> boot = Option.none();
    List<String> rolledBackVersions = List.of();
    private List<HistoryEntry> history = List.of();

    private Builder() {}

    private Builder(UpdateState state) {
      phase = state.phase;
      fromVersion = state.fromVersion;
      toVersion = state.toVersion;
      startedAt = state.startedAt;
      updatedAt = state.updatedAt;
      lastError = state.lastError;
      attemptCount = state.attemptCount;
      revision = state.revision;
      boot = state.boot;
      rolledBackVersions = state.rolledBackVersions;
      history = state.history;
    }

    /** Returns whether a version is the target. */
    boolean targets(String version) {
      return is(toVersion, version);
    }

    /**
     * Sets the phase.
     *
     * @param value the phase of the update
     * @return this builder
     */
    public Builder phase(Phase value) {
      phase = value;
      return this;
    }

    /**
     * Sets the version that ran when the attempt chose its target.
     *
     * @param value the version, or none
     * @return this builder
     */
    public Builder fromVersion(Option<String> value) {
      fromVersion = value;
      return this;
    }

    /**
     * Sets the target.
     *
     * @param value the version, or none
     * @return this builder
     */
    public Builder toVersion(Option<String> value) {
      toVersion = value;
      return this;
    }

    /**
     * Sets the time at which the attempt began.
     *
     * @param value the time by the wall clock, or none
     * @return this builder
     */
    public Builder startedAt(Option<Instant> value) {
      startedAt = value;
      return this;
    }

    /**
     * Sets the time at which the last event was accepted.
     *
     * @param value the time by the wall clock, or none
     * @return this builder
     */
    public Builder updatedAt(Option<Instant> value) {
      updatedAt = value;
      return this;
    }

    /**
     * Sets the most recent error.
     *
     * @param value the error, or none
     * @return this builder
     */
    public Builder lastError(Option<String> value) {
      lastError = value;
      return this;
    }

    /**
     * Sets the number of attempts at the target.
     *
     * @param value zero or more
     * @return this builder
     */
    public Builder attemptCount(long value) {
      attemptCount = value;
      return this;
    }

    /**
     * Sets the number of accepted events.
     *
     * @param value zero or more
     * @return this builder
     */
    public Builder revision(long value) {
      revision = value;
      return this;
    }

    /**
     * Sets the boot and the uptime at the last event.
     *
     * @param value the boot, or none
     * @return this builder
     */
    public Builder boot(Option<Boot> value) {
      boot = value;
      return this;
    }

    /**
     * Sets the versions that were rolled back.
     *
     * @param value the versions, oldest first
     * @return this builder
     */
    public Builder rolledBackVersions(List<String> value) {
      rolledBackVersions = value;
      return this;
    }

    /**
     * Sets the history.
     *
     * @param value the last accepted events, oldest first
     * @return this builder
     */
    public Builder history(List<HistoryEntry> value) {
      history = value;
      return this;
    }

    /**
     * Makes the state.
     *
     * @return a state of the values set so far
     * @throws IllegalArgumentException if a count is negative, an instant out of range, or text
     *     holds a lone surrogate, or a value or an entry of a list is null
     */
    public UpdateState build() {
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
          history);
    }
  }
}
