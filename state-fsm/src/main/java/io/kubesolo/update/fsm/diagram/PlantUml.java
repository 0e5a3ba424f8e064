package io.kubesolo.update.fsm.diagram;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;

/** Writes a state diagram of PlantUML, which its own layout engine draws without Graphviz. */
final class PlantUml {
  private PlantUml() {}

  static String draw(TransitionTable table, DiagramHighlight highlight) {
    StringBuilder text = new StringBuilder("""
        @startuml
        !pragma layout smetana
        hide empty description
        skinparam shadowing false
        skinparam defaultFontSize 12
        skinparam arrowFontSize 10
        skinparam arrowColor #555555
        skinparam state {
          BorderThickness<<resting>> 3
          RoundCorner<<resting>> 0
          RoundCorner<<transient>> 25
        }
        hide stereotype
        """);
    for (Phase phase : Phase.values()) {
      text.append("state %s <<%s>>%s\n"
          .formatted(phase, phase.isResting() ? "resting" : "transient", colour(phase, highlight)));
    }
    text.append("[*] --> idle\n");
    for (Arrow arrow : Arrow.all(table)) {
      text.append("%s -%s-> %s : %s\n"
          .formatted(
              arrow.from(),
              style(highlight.mark(arrow.edges())),
              arrow.to(),
              String.join("\\n", arrow.label())));
    }
    return text.append("@enduml\n").toString();
  }

  private static String colour(Phase phase, DiagramHighlight highlight) {
    boolean present = highlight.isPresent(phase);
    Palette colour = present ? Palette.PRESENT : Palette.of(phase);
    return " %s;line:%s%s"
        .formatted(colour.fill(), colour.line().substring(1), present ? ";line.bold" : "");
  }

  private static String style(DiagramHighlight.Mark mark) {
    return switch (mark) {
      case NONE -> "";
      case TAKEN -> "[" + Palette.TAKEN + ",thickness=2]";
      case LAST -> "[" + Palette.LAST + ",thickness=4]";
    };
  }
}
