package io.kubesolo.update.core;

import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * All edges of the machine, with a lookup by phase and event type.
 *
 * <p>Immutable.
 */
public final class TransitionTable {
  private final List<Edge> edges;
  private final Map<Phase, Map<EventType, Option<Edge>>> byPhase = new EnumMap<>(Phase.class);
  private final Map<Phase, List<EventType>> permitted = new EnumMap<>(Phase.class);

  /**
   * Makes a table.
   *
   * @param edges the edges, in the order in which {@link #edges} returns them
   * @throws IllegalArgumentException if two edges share a phase and an event
   */
  public TransitionTable(List<Edge> edges) {
    this.edges = List.copyOf(edges);
    for (Phase phase : Phase.values()) {
      byPhase.put(phase, new EnumMap<>(EventType.class));
    }
    for (Edge edge : edges) {
      Option<Edge> other = edge(edge.from(), edge.event());
      if (other.isDefined()) {
        throw new IllegalArgumentException(
            "two edges share one cell: " + other.get() + " and " + edge);
      }
      row(edge.from()).put(edge.event(), Option.some(edge));
    }
    for (Phase phase : Phase.values()) {
      permitted.put(phase, List.copyOf(row(phase).keySet()));
    }
  }

  /** {@return every edge, in the order of declaration} */
  public List<Edge> edges() {
    return edges;
  }

  /**
   * Finds the edge of an event.
   *
   * @param from the phase before the event
   * @param event the event's type
   * @return the edge, or none if the event is illegal in that phase
   */
  public Option<Edge> edge(Phase from, EventType event) {
    return row(from).getOrDefault(event, Option.none());
  }

  /**
   * Lists the events that have an edge in a phase, whether or not their guards hold.
   *
   * @param from the phase
   * @return the event types, in the order of {@link EventType}
   */
  public List<EventType> permitted(Phase from) {
    return permitted.getOrDefault(from, List.of());
  }

  /**
   * Lists the phases in which an event has an edge.
   *
   * @param event the event type
   * @return the phases, in the order of {@link Phase}
   */
  public List<Phase> legalIn(EventType event) {
    List<Phase> phases = new ArrayList<>();
    byPhase.forEach((phase, row) -> {
      if (row.containsKey(event)) {
        phases.add(phase);
      }
    });
    return phases;
  }

  /**
   * Makes the rejection of an event.
   *
   * @param state the state before the event
   * @param event the event
   * @param denials the guards that failed; empty if the event has no edge
   * @return the rejection
   */
  public Rejection rejection(UpdateState state, UpdateEvent event, List<Denial> denials) {
    List<EventType> permitted = permitted(state.phase());
    return denials.isEmpty()
        ? new IllegalTransition(state.phase(), event, permitted)
        : new GuardDenied(state.phase(), event, denials, permitted);
  }

  private Map<EventType, Option<Edge>> row(Phase from) {
    return byPhase.getOrDefault(from, Map.of());
  }
}
