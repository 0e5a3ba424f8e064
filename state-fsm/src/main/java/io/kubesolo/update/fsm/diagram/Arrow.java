package io.kubesolo.update.fsm.diagram;

import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The edges with the same source and target, which diagrams draw as one arrow.
 *
 * @param from the phase it starts in
 * @param to the phase it leads to
 * @param edges the edges, in the order of their declaration
 */
record Arrow(Phase from, Phase to, List<Edge> edges) {
  /** Returns every arrow of a table, in the order of its first edge. */
  static List<Arrow> all(TransitionTable table) {
    return groups(table.edges(), edge -> List.of(edge.from(), edge.to())).stream()
        .map(edges -> new Arrow(edges.get(0).from(), edges.get(0).to(), edges))
        .toList();
  }

  /** Returns the label: for edges with the same rules a line of events, guards and actions each. */
  List<String> label() {
    return groups(edges, edge -> List.of(edge.guards(), edge.actions())).stream()
        .flatMap(alike -> label(alike).stream())
        .toList();
  }

  /** Returns the label of edges with the same guards and actions. */
  static List<String> label(List<Edge> alike) {
    List<String> lines = new ArrayList<>();
    lines.add(names(alike.stream().map(Edge::event).distinct().toList()));
    Edge any = alike.get(0);
    if (!any.guards().isEmpty()) {
      lines.add("[" + names(any.guards()) + "]");
    }
    if (!any.actions().isEmpty()) {
      lines.add("/ " + names(any.actions()));
    }
    return lines;
  }

  /** Joins names as in labels and tables. */
  static String names(List<?> named) {
    return named.stream().map(Object::toString).collect(joining(", "));
  }

  /** Groups edges by a key; groups and their edges keep the order of declaration. */
  static List<List<Edge>> groups(List<Edge> edges, Function<Edge, Object> key) {
    Map<Object, List<Edge>> groups = new LinkedHashMap<>();
    edges.forEach(edge ->
        groups.computeIfAbsent(key.apply(edge), any -> new ArrayList<>()).add(edge));
    return List.copyOf(groups.values());
  }
}
