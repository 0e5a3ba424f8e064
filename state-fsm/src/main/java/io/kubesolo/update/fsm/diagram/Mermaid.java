package io.kubesolo.update.fsm.diagram;

import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Writes Mermaid's {@code stateDiagram-v2}. Its layout leaves little room for labels, so arrows
 * name their events only, and comments at the end name guards and actions. Mermaid cannot style an
 * arrow, so labels are highlighted instead.
 */
final class Mermaid {
  private Mermaid() {}

  static String draw(TransitionTable table, DiagramHighlight highlight) {
    StringBuilder text = new StringBuilder("stateDiagram-v2\n");
    define(text, Palette.BUSY, "transient", 1);
    define(text, Palette.NEUTRAL, "resting", 3);
    define(text, Palette.GOOD, Palette.GOOD.name(), 3);
    define(text, Palette.BAD, Palette.BAD.name(), 3);
    define(text, Palette.PRESENT, Palette.PRESENT.name(), 5);
    text.append("  [*] --> idle\n");
    for (Arrow arrow : Arrow.all(table)) {
      text.append("  %s --> %s : %s%s\n"
          .formatted(arrow.from(), arrow.to(), sign(highlight, arrow), label(arrow)));
    }
    classes(text, "transient", phase -> !phase.isResting() && !highlight.isPresent(phase));
    classes(text, "resting", phase -> phase.isResting() && !highlight.isPresent(phase));
    for (Palette colour : List.of(Palette.GOOD, Palette.BAD)) {
      classes(
          text,
          colour.name(),
          phase -> Palette.of(phase).equals(colour) && !highlight.isPresent(phase));
    }
    classes(text, "present", highlight::isPresent);
    table.edges().forEach(edge -> rules(text, edge));
    return text.toString();
  }

  private static void define(StringBuilder text, Palette colour, String name, int width) {
    text.append("  classDef %s fill:%s,stroke:%s,stroke-width:%spx,color:#1f2328\n"
        .formatted(name, colour.fill(), colour.line(), width));
  }

  private static String label(Arrow arrow) {
    return Arrow.names(arrow.edges().stream().map(Edge::event).distinct().toList());
  }

  private static void rules(StringBuilder text, Edge edge) {
    List<String> label = Arrow.label(List.of(edge));
    if (label.size() > 1) {
      text.append("  %%%% %s, %s\n".formatted(edge.from(), String.join(" ", label)));
    }
  }

  private static String sign(DiagramHighlight highlight, Arrow arrow) {
    return switch (highlight.mark(arrow.edges())) {
      case NONE -> "";
      case TAKEN -> "● ";
      case LAST -> "▶ ";
    };
  }

  private static void classes(StringBuilder text, String name, Predicate<Phase> members) {
    String phases =
        Stream.of(Phase.values()).filter(members).map(Phase::wireName).collect(joining(","));
    if (!phases.isEmpty()) {
      text.append("  class %s %s\n".formatted(phases, name));
    }
  }
}
