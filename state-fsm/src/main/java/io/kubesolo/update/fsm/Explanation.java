package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether an event of one type would be accepted now, and if not, or not always, why.
 *
 * <p>Immutable.
 *
 * @param event the type of event
 * @param edge the edge it would take; none if it is illegal in the present phase
 * @param conditions what the edge's guards require of the event; empty if every event passes
 * @param legalIn the phases in which the event has an edge
 */
public record Explanation(
    EventType event, Option<Edge> edge, List<Denial> conditions, List<Phase> legalIn) {

  /**
   * Explains every type of event.
   *
   * @param table the edges
   * @param state the present state
   * @param maxAttempts how many attempts at one version are allowed; 0 is no limit
   * @return an explanation for each type, in the order of {@link EventType}
   */
  public static List<Explanation> all(TransitionTable table, UpdateState state, long maxAttempts) {
    return Stream.of(EventType.values())
        .map(type -> {
          Option<Edge> edge = table.edge(state.phase(), type);
          return new Explanation(
              type, edge, conditions(edge, state, maxAttempts), table.legalIn(type));
        })
        .toList();
  }

  private static List<Denial> conditions(Option<Edge> edge, UpdateState state, long maxAttempts) {
    return edge.toJavaStream()
        .flatMap(taken -> taken.guards().stream())
        .filter(guard -> guard.requirement(state, maxAttempts).isDefined())
        .map(guard -> new Denial(guard, state, maxAttempts))
        .toList();
  }
}
