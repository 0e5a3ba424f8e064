package io.kubesolo.update.core;

import io.kubesolo.update.core.UpdateEvent.Activate;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.vavr.control.Option;
import java.util.List;

/**
 * Derives the events that follow from what happened while the agent was not running. The result is
 * idempotent: once the events are applied, there are no more.
 */
public final class Reconciliation {
  private Reconciliation() {}

  /**
   * Compares the state with the running version.
   *
   * @param state the stored state
   * @param runningVersion the version that runs now
   * @param rebooted whether the device booted since the last event; unknown counts as no
   * @return the events to send, in order, at most two; if there are none, the agent repeats the
   *     work of the phase, which must be idempotent
   * @throws IllegalArgumentException if the version is blank, too long, or holds a control character
   *     or a lone surrogate, or an argument is null
   */
  public static List<UpdateEvent> events(
      UpdateState state, String runningVersion, Rebooted rebooted) {
    Arguments.requireNonNull(state, "the state");
    Arguments.requireNonNull(rebooted, "rebooted");
    Verify verify = new Verify(runningVersion);
    boolean onTarget = state.targets(runningVersion);
    return switch (state.phase()) {
      case CHECKING -> List.of(new Cancel());
      case STAGED -> onTarget ? List.of(new Activate(), verify) : List.of();
      case ACTIVATED -> {
        if (onTarget) {
          yield List.of(verify);
        }
        yield rebooted == Rebooted.YES
            ? List.of(fellBack(state, runningVersion, false))
            : List.of();
      }
      case VERIFYING -> onTarget ? List.of() : List.of(fellBack(state, runningVersion, false));
      case SUCCESS ->
        onTarget || state.toVersion().isEmpty()
            ? List.of()
            : List.of(fellBack(state, runningVersion, !fellBackBefore(state)));
      case IDLE, DOWNLOADING, ROLLED_BACK, FAILED -> List.of();
    };
  }

  /**
   * Says what could not be decided because it is unknown whether the device booted.
   *
   * @param state the stored state
   * @param runningVersion the version that runs now
   * @param rebooted whether the device booted since the last event
   * @return the warning, in one line, or none
   */
  public static Option<String> warning(
      UpdateState state, String runningVersion, Rebooted rebooted) {
    boolean undecided = state.phase() == Phase.ACTIVATED
        && !state.targets(runningVersion)
        && rebooted == Rebooted.UNKNOWN;
    return Option.when(
        undecided,
        () -> Text.oneLine("it is unknown whether the device booted since activate, so "
            + state.toVersion().getOrElse("the target")
            + " is not rolled back although " + runningVersion + " runs"));
  }

  private static UpdateEvent fellBack(UpdateState state, String runningVersion, boolean retry) {
    String target = state.toVersion().getOrElse("an unknown target");
    return new Rollback(runningVersion + " runs instead of " + target, retry);
  }

  /** Returns whether the target was rolled back from success, as far as the history goes back. */
  private static boolean fellBackBefore(UpdateState state) {
    return state.history().stream()
        .anyMatch(entry -> entry.event().equals(EventType.ROLLBACK.wireName())
            && entry.from().equals(Phase.SUCCESS.wireName())
            && entry.toVersion().equals(state.toVersion()));
  }
}
