package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import java.util.List;
import java.util.function.Function;
import org.springframework.statemachine.StateContext;
import org.springframework.statemachine.transition.Transition;
import reactor.core.publisher.Mono;

/**
 * The guards and actions of an edge, as one object that Spring takes for its guard and for its
 * action: {@code .guard(rule).actionFunction(rule)}. A built machine wraps its guards in functions
 * of its own, but returns a function given to {@code actionFunction} unchanged, so the guards and
 * actions of an edge can be read from it.
 *
 * <p>Immutable.
 *
 * @param guards the conditions under which the edge is taken
 * @param actions the changes that the edge makes
 */
record EdgeRule(List<Guard> guards, List<Action> actions)
    implements org.springframework.statemachine.guard.Guard<Phase, EventType>,
        Function<StateContext<Phase, EventType>, Mono<Void>> {
  EdgeRule {
    guards = List.copyOf(guards);
    actions = List.copyOf(actions);
  }

  /** Returns a rule without guards and actions. */
  static EdgeRule always() {
    return new EdgeRule(List.of(), List.of());
  }

  /** Returns a rule with guards and without actions. */
  static EdgeRule when(Guard... guards) {
    return new EdgeRule(List.of(guards), List.of());
  }

  /** Returns a rule with the guards of this one and with actions. */
  EdgeRule then(Action... after) {
    return new EdgeRule(guards, List.of(after));
  }

  @Override
  public boolean evaluate(StateContext<Phase, EventType> context) {
    return PendingEvent.of(context).passes(edge(context.getTransition()));
  }

  @Override
  public Mono<Void> apply(StateContext<Phase, EventType> context) {
    return Mono.fromRunnable(() -> PendingEvent.of(context).take(edge(context.getTransition())));
  }

  /** Returns the edge of a transition with this rule. */
  Edge edge(Transition<Phase, EventType> transition) {
    return new Edge(
        transition.getSource().getId(),
        transition.getTrigger().getEvent(),
        transition.getTarget().getId(),
        guards,
        actions);
  }
}
