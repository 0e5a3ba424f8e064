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
    String kind = phase.isResting()
        ? "style=\"filled\", fillcolor=\"#dcefe0\", color=\"#2f6f44\", penwidth=2"
        : "style=\"rounded,filled\", fillcolor=\"#e3ecfa\", color=\"#3d5f94\"";
    return highlight.isPresent(phase)
        ? kind + ", fillcolor=\"#ffd866\", color=\"#a15c00\", penwidth=4"
        : kind;
  }

  /** Returns a label whose lines are left-justified and have a distance from the arrow. */
  private static String label(Arrow arrow) {
    return arrow.label().stream().map(line -> "  " + line + "\\l").collect(joining());
  }

  private static String line(DiagramHighlight.Mark mark) {
    return switch (mark) {
      case NONE -> "";
      case TAKEN -> ", color=\"#a15c00\", penwidth=1.8";
      case LAST -> ", color=\"#d04a00\", fontcolor=\"#d04a00\", penwidth=3.5";
    };
  }
}
