package io.kubesolo.update.fsm.diagram;

import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Writes two tables: the edges, and the phase that each event leads to from each phase. */
final class Markdown {
  private Markdown() {}

  static String draw(TransitionTable table, DiagramHighlight highlight) {
    return edges(table, highlight) + "\n" + matrix(table, highlight);
  }

  private static String edges(TransitionTable table, DiagramHighlight highlight) {
    List<String> head = new ArrayList<>(List.of("from", "event", "to", "guards", "actions"));
    highlight.present().forEach(present -> head.add("taken"));
    StringBuilder text = new StringBuilder(head(head));
    for (Edge edge : table.edges()) {
      List<String> cells = new ArrayList<>(List.of(
          phase(edge.from(), highlight),
          edge.event().wireName(),
          phase(edge.to(), highlight),
          Arrow.names(edge.guards()),
          Arrow.names(edge.actions())));
      highlight.present().forEach(present -> cells.add(mark(highlight.mark(edge))));
      text.append(row(cells));
    }
    return text.toString();
  }

  private static String matrix(TransitionTable table, DiagramHighlight highlight) {
    List<String> head = new ArrayList<>(List.of("in"));
    Stream.of(EventType.values()).map(EventType::wireName).forEach(head::add);
    StringBuilder text = new StringBuilder(head(head));
    for (Phase from : Phase.values()) {
      List<String> cells = new ArrayList<>(List.of(phase(from, highlight)));
      for (EventType event : EventType.values()) {
        cells.add(table.edge(from, event).map(edge -> edge.to().wireName()).getOrElse(""));
      }
      text.append(row(cells));
    }
    return text.toString();
  }

  private static String phase(Phase phase, DiagramHighlight highlight) {
    return highlight.isPresent(phase) ? "**" + phase + "**" : phase.wireName();
  }

  private static String mark(DiagramHighlight.Mark mark) {
    return switch (mark) {
      case NONE -> "";
      case TAKEN -> "yes";
      case LAST -> "last";
    };
  }

  private static String head(List<String> names) {
    return row(names) + row(names.stream().map(name -> "---").toList());
  }

  private static String row(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.isEmpty() ? " |" : " " + cell + " |")
        .collect(joining("", "|", "\n"));
  }
}
