package io.kubesolo.update.core;

import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.vavr.control.Option;
import java.util.List;

/**
 * The conditions of an edge, as pure functions. An edge uses a guard only if its event carries the
 * values that the guard reads; given another event, the guard throws {@link ClassCastException}.
 */
public enum Guard {
  /** The target differs from the running version. */
  NEW_TARGET("newTarget") {
    @Override
    public boolean holds(UpdateState state, UpdateEvent event, long maxAttempts) {
      Download download = (Download) event;
      return !download.targetVersion().equals(download.runningVersion());
    }

    @Override
    public Option<String> requirement(UpdateState state, long maxAttempts) {
      return Option.some("the target must differ from the running version");
    }
  },

  /** The target differs from the staged version. */
  SUPERSEDES("supersedes") {
    @Override
    public boolean holds(UpdateState state, UpdateEvent event, long maxAttempts) {
      return !state.targets(((Download) event).targetVersion());
    }

    @Override
    public Option<String> requirement(UpdateState state, long maxAttempts) {
      return state.toVersion().map(to -> "the target must differ from the staged " + to);
    }
  },

  /** The target is not among {@code rolled_back_versions}, or the event is forced. */
  NOT_ROLLED_BACK("notRolledBack") {
    @Override
    public boolean holds(UpdateState state, UpdateEvent event, long maxAttempts) {
      Download download = (Download) event;
      return download.force() || !state.rolledBackVersions().contains(download.targetVersion());
    }

    @Override
    public Option<String> requirement(UpdateState state, long maxAttempts) {
      List<String> versions = state.rolledBackVersions();
      return Option.when(
          !versions.isEmpty(),
          () -> "the target must not have been rolled back before ("
              + String.join(", ", versions)
              + "), unless the event is forced");
    }
  },

  /**
   * The target is not the recorded one, or fewer than the maximum number of attempts at it were
   * made, or the event is forced.
   */
  ATTEMPTS_LEFT("attemptsLeft") {
    @Override
    public boolean holds(UpdateState state, UpdateEvent event, long maxAttempts) {
      Download download = (Download) event;
      return download.force()
          || !state.targets(download.targetVersion())
          || attemptsLeft(state, maxAttempts);
    }

    @Override
    public Option<String> requirement(UpdateState state, long maxAttempts) {
      return state
          .toVersion()
          .filter(to -> !attemptsLeft(state, maxAttempts))
          .map(to -> ("the target must differ from %s, whose attempts are used up (%s of %s),"
                  + " unless the event is forced")
              .formatted(to, Math.min(state.attemptCount(), maxAttempts), maxAttempts));
    }
  },

  /** The running version is the target. */
  RUNNING_TARGET("runningTarget") {
    @Override
    public boolean holds(UpdateState state, UpdateEvent event, long maxAttempts) {
      return state.targets(((Verify) event).runningVersion());
    }

    @Override
    public Option<String> requirement(UpdateState state, long maxAttempts) {
      return Option.some(state
          .toVersion()
          .map(to -> "the running version must be " + to)
          .getOrElse("the running version must be the target, and there is none"));
    }
  };

  private final String ruleName;

  Guard(String ruleName) {
    this.ruleName = ruleName;
  }

  /** {@return the name of this guard in rejections, diagrams and tables} */
  public String ruleName() {
    return ruleName;
  }

  /**
   * Evaluates the condition.
   *
   * @param state the state before the event
   * @param event the event, of a type that carries the values that this guard reads
   * @param maxAttempts the maximum number of attempts at one version; 0 is no limit
   * @return whether the guard accepts the event
   */
  public abstract boolean holds(UpdateState state, UpdateEvent event, long maxAttempts);

  /**
   * Describes what the guard requires of an event.
   *
   * @param state the state before the event
   * @param maxAttempts the maximum number of attempts at one version; 0 is no limit
   * @return the requirement as text, or none if the guard accepts every event
   */
  public abstract Option<String> requirement(UpdateState state, long maxAttempts);

  private static boolean attemptsLeft(UpdateState state, long maxAttempts) {
    return maxAttempts == 0 || state.attemptCount() < maxAttempts;
  }

  @Override
  public String toString() {
    return ruleName;
  }
}
