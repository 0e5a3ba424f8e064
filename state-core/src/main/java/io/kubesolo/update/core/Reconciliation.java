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
   * @param rebooted whether the device booted since the last event
   * @return the events to send, in order, at most two; if there are none, the agent repeats the
   *     work of the phase, which must be idempotent
   * @throws IllegalArgumentException if the version is blank, too long, or holds a lone surrogate
   */
  public static List<UpdateEvent> events(
      UpdateState state, String runningVersion, boolean rebooted) {
    Verify verify = new Verify(runningVersion);
    boolean onTarget = state.targets(runningVersion);
    return switch (state.phase()) {
      case CHECKING -> List.of(new Cancel());
      case STAGED -> onTarget ? List.of(new Activate(), verify) : List.of();
      case ACTIVATED, VERIFYING -> {
        if (onTarget) {
          yield state.phase() == Phase.ACTIVATED ? List.of(verify) : List.of();
        }
        yield rebooted ? List.of(fellBack(state, runningVersion)) : List.of();
      }
      case SUCCESS ->
        rebooted && !onTarget && state.fromVersion().contains(runningVersion)
            ? List.of(fellBack(state, runningVersion))
            : List.of();
      case IDLE, DOWNLOADING, ROLLED_BACK, FAILED -> List.of();
    };
  }

  /**
   * Compares the boot of the last event with the present one.
   *
   * @param state the stored state
   * @param now the present boot and uptime; none if they are unknown
   * @return whether the device booted since the last event; true if either boot is unknown
   */
  public static boolean rebooted(UpdateState state, Option<Boot> now) {
    return !sameBoot(state, now);
  }

  static boolean sameBoot(UpdateState state, Option<Boot> now) {
    return state.boot().isDefined()
        && now.isDefined()
        && state.boot().get().id().equals(now.get().id());
  }

  private static UpdateEvent fellBack(UpdateState state, String runningVersion) {
    return new Rollback(
        runningVersion + " runs instead of " + state.toVersion().getOrElse("an unknown target"));
  }
}
