package io.kubesolo.update.core;

import static io.kubesolo.update.core.UpdateState.saturatedIncrement;

import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The changes that an edge can make to the state, as pure functions. An edge uses an action only if
 * its event carries the values that the action reads; given another event, the action throws.
 */
public enum Action {
  /** Sets {@code started_at} to the present time. */
  START_ATTEMPT("startAttempt") {
    @Override
    void change(UpdateState.Builder state, UpdateEvent event, Instant now) {
      state.startedAt(Option.some(now));
    }
  },

  /**
   * Sets {@code from_version} to the running version and {@code to_version} to the target, and
   * counts the attempt.
   */
  TAKE_TARGET("takeTarget") {
    @Override
    void change(UpdateState.Builder state, UpdateEvent event, Instant now) {
      Download download = (Download) event;
      boolean again = state.targets(download.targetVersion());
      state
          .attemptCount(again ? saturatedIncrement(state.attemptCount) : 1)
          .fromVersion(Option.some(download.runningVersion()))
          .toVersion(Option.some(download.targetVersion()));
    }
  },

  /** Sets {@code last_error} to the error of the event. */
  RECORD_ERROR("recordError") {
    @Override
    void change(UpdateState.Builder state, UpdateEvent event, Instant now) {
      state.lastError(Option.some(errorOf(event).get()));
    }
  },

  /** Clears {@code last_error}. */
  CLEAR_ERROR("clearError") {
    @Override
    void change(UpdateState.Builder state, UpdateEvent event, Instant now) {
      state.lastError(Option.none());
    }
  },

  /** Sets {@code attempt_count} to 0. */
  RESET_ATTEMPTS("resetAttempts") {
    @Override
    void change(UpdateState.Builder state, UpdateEvent event, Instant now) {
      state.attemptCount(0);
    }
  },

  /**
   * Appends the target to {@code rolled_back_versions} and keeps the last 8, each version once, at
   * its last place; changes nothing if the event allows a retry.
   */
  REMEMBER_ROLLBACK("rememberRollback") {
    @Override
    void change(UpdateState.Builder state, UpdateEvent event, Instant now) {
      if (((Rollback) event).retry()) {
        return;
      }
      List<String> all = new ArrayList<>(state.rolledBackVersions);
      state.toVersion.forEach(all::add);
      List<String> versions = withoutDuplicates(all);
      int surplus = Math.max(0, versions.size() - MAX_ROLLED_BACK_VERSIONS);
      state.rolledBackVersions(versions.subList(surplus, versions.size()));
    }
  },

  /** Removes the target from {@code rolled_back_versions}. */
  FORGET_ROLLBACK("forgetRollback") {
    @Override
    void change(UpdateState.Builder state, UpdateEvent event, Instant now) {
      state.rolledBackVersions(withoutTarget(state));
    }
  };

  /** The maximum size of {@code rolled_back_versions}. */
  public static final int MAX_ROLLED_BACK_VERSIONS = 8;

  private final String ruleName;

  Action(String ruleName) {
    this.ruleName = ruleName;
  }

  /** {@return the name of this action in diagrams and tables} */
  public String ruleName() {
    return ruleName;
  }

  /**
   * Applies the change.
   *
   * @param state the state after the actions before this one
   * @param event the event, of a type that carries the values that this action reads
   * @param now the wall clock
   * @return the state with the change
   */
  public UpdateState apply(UpdateState state, UpdateEvent event, Instant now) {
    UpdateState.Builder builder = state.toBuilder();
    change(builder, event, now);
    return builder.build();
  }

  /** Applies the change to a state that is being built, so that an edge builds only one state. */
  abstract void change(UpdateState.Builder state, UpdateEvent event, Instant now);

  static Option<String> errorOf(UpdateEvent event) {
    if (event instanceof Fail fail) {
      return Option.some(fail.error());
    }
    return event instanceof Rollback rollback ? Option.some(rollback.error()) : Option.none();
  }

  private static List<String> withoutTarget(UpdateState.Builder state) {
    List<String> versions = new ArrayList<>(state.rolledBackVersions);
    versions.removeIf(state::targets);
    return versions;
  }

  /** Returns each version once, in the order of its last occurrence: another program may repeat one. */
  private static List<String> withoutDuplicates(List<String> versions) {
    Set<String> last = new LinkedHashSet<>();
    for (String version : versions) {
      last.remove(version);
      last.add(version);
    }
    return List.copyOf(last);
  }

  @Override
  public String toString() {
    return ruleName;
  }
}
