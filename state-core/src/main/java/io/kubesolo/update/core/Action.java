package io.kubesolo.update.core;

import static io.kubesolo.update.core.UpdateState.saturatedIncrement;

import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The changes that an edge may make to the state, as pure functions. An action stands only on edges
 * whose event carries what it takes; given another event it throws.
 */
public enum Action {
  /** {@code started_at} is now. */
  START_ATTEMPT("startAttempt") {
    @Override
    public UpdateState apply(UpdateState state, UpdateEvent event, Instant now) {
      return state.withStartedAt(now);
    }
  },

  /** {@code from_version} is the running version; one more attempt at the target is counted. */
  TAKE_TARGET("takeTarget") {
    @Override
    public UpdateState apply(UpdateState state, UpdateEvent event, Instant now) {
      Download download = (Download) event;
      boolean again = state.targets(download.targetVersion());
      long attempts = again ? saturatedIncrement(state.attemptCount()) : 1;
      return state.withTarget(download.runningVersion(), download.targetVersion(), attempts);
    }
  },

  /** {@code last_error} is the event's error. */
  RECORD_ERROR("recordError") {
    @Override
    public UpdateState apply(UpdateState state, UpdateEvent event, Instant now) {
      return state.withLastError(Option.some(errorOf(event).get()));
    }
  },

  /** {@code last_error} is empty. */
  CLEAR_ERROR("clearError") {
    @Override
    public UpdateState apply(UpdateState state, UpdateEvent event, Instant now) {
      return state.withLastError(Option.none());
    }
  },

  /** {@code attempt_count} is 0. */
  RESET_ATTEMPTS("resetAttempts") {
    @Override
    public UpdateState apply(UpdateState state, UpdateEvent event, Instant now) {
      return state.withAttemptCount(0);
    }
  },

  /** The target is appended to the versions rolled back, of which the last 8 are kept. */
  REMEMBER_ROLLBACK("rememberRollback") {
    @Override
    public UpdateState apply(UpdateState state, UpdateEvent event, Instant now) {
      List<String> versions = withoutTarget(state);
      state.toVersion().forEach(versions::add);
      int surplus = Math.max(0, versions.size() - MAX_ROLLED_BACK_VERSIONS);
      return state.withRolledBackVersions(versions.subList(surplus, versions.size()));
    }
  },

  /** The target is no longer among the versions rolled back. */
  FORGET_ROLLBACK("forgetRollback") {
    @Override
    public UpdateState apply(UpdateState state, UpdateEvent event, Instant now) {
      return state.withRolledBackVersions(withoutTarget(state));
    }
  };

  /** How many rolled-back versions are remembered. */
  public static final int MAX_ROLLED_BACK_VERSIONS = 8;

  private final String ruleName;

  Action(String ruleName) {
    this.ruleName = ruleName;
  }

  /** {@return the name in diagrams and tables} */
  public String ruleName() {
    return ruleName;
  }

  /**
   * Makes the change.
   *
   * @param state the state so far
   * @param event the event, of a type that carries what this action takes
   * @param now the wall clock
   * @return the state with the change
   */
  public abstract UpdateState apply(UpdateState state, UpdateEvent event, Instant now);

  static Option<String> errorOf(UpdateEvent event) {
    if (event instanceof Fail fail) {
      return Option.some(fail.error());
    }
    return event instanceof Rollback rollback ? Option.some(rollback.error()) : Option.none();
  }

  private static List<String> withoutTarget(UpdateState state) {
    List<String> versions = new ArrayList<>(state.rolledBackVersions());
    versions.removeIf(state::targets);
    return versions;
  }

  @Override
  public String toString() {
    return ruleName;
  }
}
