package io.kubesolo.update.core;

import io.kubesolo.update.core.Rejection.Denial;
import java.util.ArrayList;
import java.util.List;

/**
 * One arrow of the machine: in {@code from}, the event leads to {@code to} if every guard holds,
 * and changes the state by the actions, in their order.
 *
 * <p>Immutable. Lists are walked by index, since their iterators are what an event would cost most.
 *
 * @param from the phase it starts in
 * @param event the event that takes it
 * @param to the phase it leads to
 * @param guards what must hold; all are evaluated, and all that fail are reported, in this order
 * @param actions what it changes, beyond what every event does
 */
public record Edge(
    Phase from, EventType event, Phase to, List<Guard> guards, List<Action> actions) {
  /** How many entries the history keeps. */
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
   * @param context what else there is to know
   * @return the guards that say no, in their order; empty where the event may pass
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
   * Applies the actions and what every accepted event does: {@code updated_at}, {@code revision},
   * {@code boot} and {@code history}. Whether the guards hold is not asked again.
   *
   * @param before the state before the event
   * @param event the event
   * @param context what else there is to know
   * @return the state after the event
   * @throws IllegalStateException if the result breaks a promise that the state before it kept,
   *     which is a mistake in the declared edges
   */
  public UpdateState take(UpdateState before, UpdateEvent event, EventContext context) {
    UpdateState state = before;
    for (int i = 0; i < actions.size(); i++) {
      state = actions.get(i).apply(state, event, context.now());
    }
    UpdateState after = state.entering(to, context, remember(state, event, context));
    if (!after.violations().isEmpty() && before.violations().isEmpty()) {
      throw new IllegalStateException(this + " makes " + after.violations());
    }
    return after;
  }

  private List<HistoryEntry> remember(UpdateState state, UpdateEvent cause, EventContext context) {
    if (!isRemembered()) {
      return state.history();
    }
    return state.historyAnd(new HistoryEntry(
        context.now(),
        event.wireName(),
        from.wireName(),
        to.wireName(),
        state.toVersion(),
        Action.errorOf(cause)));
  }

  /** Hourly checks that find nothing would wash everything else out of the history. */
  private boolean isRemembered() {
    return switch (event) {
      case CHECK, NO_UPDATE -> false;
      case CANCEL -> from != Phase.CHECKING;
      default -> true;
    };
  }
}
