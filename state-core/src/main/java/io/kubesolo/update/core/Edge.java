package io.kubesolo.update.core;

import static io.kubesolo.update.core.UpdateState.saturatedIncrement;

import io.kubesolo.update.core.Rejection.Denial;
import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.List;

/**
 * One transition of the machine: in {@code from}, the event leads to {@code to} if every guard
 * holds, and the actions change the state, in their order.
 *
 * <p>Immutable. The lists are traversed by index, because allocating iterators would be a large
 * part of the cost of an event.
 *
 * @param from the phase before the event
 * @param event the type of the event
 * @param to the phase after the event
 * @param guards the conditions; all are evaluated, and all that fail are reported, in this order
 * @param actions the changes beyond those that every event makes
 */
public record Edge(
    Phase from, EventType event, Phase to, List<Guard> guards, List<Action> actions) {
  /** The maximum number of entries in the history. */
  public static final int MAX_HISTORY = 20;

  /** {@inheritDoc} */
  public Edge {
    guards = List.copyOf(guards);
    actions = List.copyOf(actions);
  }

  /**
   * Evaluates the guards.
   *
   * @param state the state before the event
   * @param event the event
   * @param context the clocks and the limit on attempts
   * @return the guards that fail, in their order; empty if all hold
   */
  public List<Denial> denials(UpdateState state, UpdateEvent event, EventContext context) {
    List<Denial> denials = List.of();
    for (int i = 0; i < guards.size(); i++) {
      Guard guard = guards.get(i);
      if (!guard.holds(state, event, context.maxAttempts())) {
        Denial denial = new Denial(guard, state, context.maxAttempts());
        denials = denials.isEmpty() ? List.of(denial) : and(denials, denial);
      }
    }
    return denials;
  }

  private static List<Denial> and(List<Denial> denials, Denial another) {
    List<Denial> all = new ArrayList<>(denials);
    all.add(another);
    return List.copyOf(all);
  }

  /**
   * Applies the actions, and the changes that every accepted event makes: {@code updated_at},
   * {@code revision}, {@code boot} and {@code history}. Does not evaluate the guards.
   *
   * @param before the state before the event
   * @param event the event
   * @param context the clocks and the limit on attempts
   * @return the state after the event
   * @throws IllegalStateException if the state before the event violates no invariant and the state
   *     after it does, which is a bug in the declared edges
   */
  public UpdateState take(UpdateState before, UpdateEvent event, EventContext context) {
    UpdateState.Builder state = before.toBuilder();
    for (int i = 0; i < actions.size(); i++) {
      actions.get(i).change(state, event, context.now());
    }
    UpdateState after = state
        .phase(to)
        .updatedAt(Option.some(context.now()))
        .revision(saturatedIncrement(before.revision()))
        .boot(context.boot())
        .history(historyAfter(before, state.toVersion, event, context))
        .build();
    if (!after.violations().isEmpty() && before.violations().isEmpty()) {
      throw new IllegalStateException(this + " makes an invalid state: " + after.violations());
    }
    return after;
  }

  private List<HistoryEntry> historyAfter(
      UpdateState before, Option<String> target, UpdateEvent cause, EventContext context) {
    if (!isRecorded()) {
      return before.history();
    }
    return before.historyAnd(new HistoryEntry(
        context.now(),
        event.wireName(),
        from.wireName(),
        to.wireName(),
        target,
        Action.errorOf(cause)));
  }

  /**
   * Returns false between idle and checking, because checks that find nothing would evict all other
   * entries.
   */
  private boolean isRecorded() {
    return !joins(Phase.IDLE, Phase.CHECKING) && !joins(Phase.CHECKING, Phase.IDLE);
  }

  private boolean joins(Phase first, Phase second) {
    return from == first && to == second;
  }
}
