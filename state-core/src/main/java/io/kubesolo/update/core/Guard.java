package io.kubesolo.update.core;

import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.vavr.control.Option;
import java.util.List;

/**
 * The conditions that an edge may set, as pure functions. A guard stands only on edges whose event
 * carries what it looks at; asked about another event it throws {@link ClassCastException}.
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
    public Option<String> demand(UpdateState state, long maxAttempts) {
      return Option.some("the target must differ from the running version");
    }
  },

  /** The target differs from the one that is staged. */
  SUPERSEDES("supersedes") {
    @Override
    public boolean holds(UpdateState state, UpdateEvent event, long maxAttempts) {
      return !state.targets(((Download) event).targetVersion());
    }

    @Override
    public Option<String> demand(UpdateState state, long maxAttempts) {
      return state.toVersion().map(to -> "the target must differ from the staged " + to);
    }
  },

  /** The target was not rolled back before, or the event is forced. */
  NOT_ROLLED_BACK("notRolledBack") {
    @Override
    public boolean holds(UpdateState state, UpdateEvent event, long maxAttempts) {
      Download download = (Download) event;
      return download.force() || !state.rolledBackVersions().contains(download.targetVersion());
    }

    @Override
    public Option<String> demand(UpdateState state, long maxAttempts) {
      List<String> versions = state.rolledBackVersions();
      return Option.when(
          !versions.isEmpty(),
          () -> "the target must be none that was rolled back before ("
              + String.join(", ", versions)
              + "), unless forced");
    }
  },

  /** Attempts at the target are left, or the event is forced. */
  ATTEMPTS_LEFT("attemptsLeft") {
    @Override
    public boolean holds(UpdateState state, UpdateEvent event, long maxAttempts) {
      Download download = (Download) event;
      return download.force()
          || !state.targets(download.targetVersion())
          || attemptsLeft(state, maxAttempts);
    }

    @Override
    public Option<String> demand(UpdateState state, long maxAttempts) {
      return state
          .toVersion()
          .filter(to -> !attemptsLeft(state, maxAttempts))
          .map(to ->
              "the target must differ from %s, whose attempts are used up (%d of %d), unless forced"
                  .formatted(to, state.attemptCount(), maxAttempts));
    }
  },

  /** The version that runs is the target. */
  RUNNING_TARGET("runningTarget") {
    @Override
    public boolean holds(UpdateState state, UpdateEvent event, long maxAttempts) {
      return state.targets(((Verify) event).runningVersion());
    }

    @Override
    public Option<String> demand(UpdateState state, long maxAttempts) {
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

  /** {@return the name in rejections, diagrams and tables} */
  public String ruleName() {
    return ruleName;
  }

  /**
   * Decides whether the guard lets an event pass.
   *
   * @param state the state before the event
   * @param event the event, of a type that carries what this guard looks at
   * @param maxAttempts how many attempts at one version are allowed; 0 is no limit
   * @return whether it passes
   */
  public abstract boolean holds(UpdateState state, UpdateEvent event, long maxAttempts);

  /**
   * Says in words what the guard asks of an event.
   *
   * @param state the state before the event
   * @param maxAttempts how many attempts at one version are allowed; 0 is no limit
   * @return what is asked, or none where every event would pass
   */
  public abstract Option<String> demand(UpdateState state, long maxAttempts);

  private static boolean attemptsLeft(UpdateState state, long maxAttempts) {
    return maxAttempts == 0 || state.attemptCount() < maxAttempts;
  }

  @Override
  public String toString() {
    return ruleName;
  }
}
