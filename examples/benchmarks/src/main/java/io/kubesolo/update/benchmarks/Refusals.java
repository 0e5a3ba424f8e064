package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.TableEngine;
import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The guards, asked at once, and the refusals: what every contender but our engines does. */
final class Refusals {
  private static final List<List<EventType>> PERMITTED =
      Arrays.stream(Phase.values()).map(new TableEngine().table()::permitted).toList();

  private Refusals() {}

  /** Who says no to a download anywhere but in staged; usually nobody. */
  static List<Denial> fresh(UpdateState state, Download event, EventContext context) {
    String target = event.targetVersion();
    boolean same = target.equals(event.runningVersion());
    boolean back = !event.force() && state.rolledBackVersions().contains(target);
    boolean usedUp = !event.force()
        && context.maxAttempts() > 0
        && state.attemptCount() >= context.maxAttempts()
        && isTarget(state, target);
    if (!same && !back && !usedUp) {
      return List.of();
    }
    List<Denial> denials = new ArrayList<>(3);
    add(denials, same, Guard.NEW_TARGET, state, context);
    add(denials, back, Guard.NOT_ROLLED_BACK, state, context);
    add(denials, usedUp, Guard.ATTEMPTS_LEFT, state, context);
    return denials;
  }

  /** Who says no to a download in staged; usually nobody. */
  static List<Denial> newer(UpdateState state, Download event, EventContext context) {
    String target = event.targetVersion();
    boolean same = target.equals(event.runningVersion());
    boolean staged = isTarget(state, target);
    boolean back = !event.force() && state.rolledBackVersions().contains(target);
    if (!same && !staged && !back) {
      return List.of();
    }
    List<Denial> denials = new ArrayList<>(3);
    add(denials, same, Guard.NEW_TARGET, state, context);
    add(denials, staged, Guard.SUPERSEDES, state, context);
    add(denials, back, Guard.NOT_ROLLED_BACK, state, context);
    return denials;
  }

  /** Who says no to a verify; usually nobody. */
  static List<Denial> verify(UpdateState state, Verify event, EventContext context) {
    return isTarget(state, event.runningVersion())
        ? List.of()
        : List.of(denial(Guard.RUNNING_TARGET, state, context));
  }

  private static boolean isTarget(UpdateState state, String version) {
    Option<String> target = state.toVersion();
    return target.isDefined() && target.get().equals(version);
  }

  private static void add(
      List<Denial> denials, boolean denied, Guard guard, UpdateState state, EventContext context) {
    if (denied) {
      denials.add(denial(guard, state, context));
    }
  }

  private static Denial denial(Guard guard, UpdateState state, EventContext context) {
    return new Denial(guard, state, context.maxAttempts());
  }

  static Rejection illegal(UpdateState state, UpdateEvent event) {
    return new IllegalTransition(state.phase(), event, permitted(state));
  }

  static Rejection denied(UpdateState state, UpdateEvent event, List<Denial> denials) {
    return new GuardDenied(state.phase(), event, denials, permitted(state));
  }

  @SuppressWarnings("EnumOrdinal") // An index is what somebody takes who wants speed.
  private static List<EventType> permitted(UpdateState state) {
    return PERMITTED.get(state.phase().ordinal());
  }
}
