package io.kubesolo.update.fsm.diagram;

import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;

/** Writes a digraph for Graphviz. */
final class Dot {
  private Dot() {}

  static String draw(TransitionTable table, DiagramHighlight highlight) {
    StringBuilder text = new StringBuilder("""
        digraph lifecycle {
          graph [rankdir=TB, nodesep=0.25, ranksep=0.35]
          node [shape=box, fontname="sans-serif", fontsize=13]
          edge [fontname="sans-serif", fontsize=10, arrowsize=0.7, color="#555555"]
          start [shape=point, width=0.12]
          start -> idle
        """);
    for (Phase phase : Phase.values()) {
      text.append("  %s [%s]\n".formatted(phase, node(phase, highlight)));
    }
    for (Arrow arrow : Arrow.all(table)) {
      text.append("  %s -> %s [label=\"%s\"%s]\n"
          .formatted(arrow.from(), arrow.to(), label(arrow), line(highlight.mark(arrow.edges()))));
    }
    return text.append("}\n").toString();
  }

  private static String node(Phase phase, DiagramHighlight highlight) {
    Palette colour = highlight.isPresent(phase) ? Palette.PRESENT : Palette.of(phase);
    int width = phase.isResting() ? 2 : 1;
    return "style=\"%s\", fillcolor=\"%s\", color=\"%s\", penwidth=%s"
        .formatted(
            phase.isResting() ? "filled" : "rounded,filled",
            colour.fill(),
            colour.line(),
            highlight.isPresent(phase) ? 4 : width);
  }

  /** Returns a label whose lines are left-justified and have a distance from the arrow. */
  private static String label(Arrow arrow) {
    return arrow.label().stream().map(line -> "  " + line + "\\l").collect(joining());
  }

  private static String line(DiagramHighlight.Mark mark) {
    return switch (mark) {
      case NONE -> "";
      case TAKEN -> ", color=\"" + Palette.TAKEN + "\", penwidth=1.8";
      case LAST -> ", color=\"%1$s\", fontcolor=\"%1$s\", penwidth=3.5".formatted(Palette.LAST);
    };
  }
}
