package io.kubesolo.update.fsm;

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

  static String draw(TransitionTable table, Trail trail) {
    return edges(table, trail) + "\n" + matrix(table, trail);
  }

  private static String edges(TransitionTable table, Trail trail) {
    List<String> head = new ArrayList<>(List.of("from", "event", "to", "guards", "actions"));
    trail.present().forEach(present -> head.add("taken"));
    StringBuilder text = new StringBuilder(head(head));
    for (Edge edge : table.edges()) {
      List<String> cells = new ArrayList<>(List.of(
          phase(edge.from(), trail),
          edge.event().wireName(),
          phase(edge.to(), trail),
          Arrow.names(edge.guards()),
          Arrow.names(edge.actions())));
      trail.present().forEach(present -> cells.add(mark(trail.mark(edge))));
      text.append(row(cells));
    }
    return text.toString();
  }

  private static String matrix(TransitionTable table, Trail trail) {
    List<String> head = new ArrayList<>(List.of("in"));
    Stream.of(EventType.values()).map(EventType::wireName).forEach(head::add);
    StringBuilder text = new StringBuilder(head(head));
    for (Phase from : Phase.values()) {
      List<String> cells = new ArrayList<>(List.of(phase(from, trail)));
      for (EventType event : EventType.values()) {
        cells.add(table.edge(from, event).map(edge -> edge.to().wireName()).getOrElse(""));
      }
      text.append(row(cells));
    }
    return text.toString();
  }

  private static String phase(Phase phase, Trail trail) {
    return trail.isPresent(phase) ? "**" + phase + "**" : phase.wireName();
  }

  private static String mark(Trail.Mark mark) {
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
