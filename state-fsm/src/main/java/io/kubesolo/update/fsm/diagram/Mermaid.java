package io.kubesolo.update.fsm.diagram;

import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Writes Mermaid's {@code stateDiagram-v2}. It cannot style an arrow: labels are highlighted. */
final class Mermaid {
  private Mermaid() {}

  static String draw(TransitionTable table, DiagramHighlight highlight) {
    StringBuilder text = new StringBuilder("stateDiagram-v2\n");
    text.append("  %%{init: {\"flowchart\": {\"curve\": \"linear\"}}}%%\n");
    text.append("  classDef resting fill:#dcefe0,stroke:#2f6f44,stroke-width:2px,color:#14301f\n")
        .append("  classDef transient fill:#e3ecfa,stroke:#3d5f94,color:#14233d\n")
        .append("  classDef present fill:#ffd866,stroke:#a15c00,stroke-width:4px,color:#2b1b00\n")
        .append("  [*] --> idle\n");
    for (Arrow arrow : Arrow.all(table)) {
      text.append("  %s --> %s : %s%s\n"
          .formatted(arrow.from(), arrow.to(), sign(highlight, arrow), label(arrow)));
    }
    classes(text, "resting", phase -> phase.isResting() && !highlight.isPresent(phase));
    classes(text, "transient", phase -> !phase.isResting() && !highlight.isPresent(phase));
    classes(text, "present", highlight::isPresent);
    return text.toString();
  }

  private static String label(Arrow arrow) {
    return String.join("<br/>", arrow.label());
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
