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
          BackgroundColor<<resting>> #dcefe0
          BorderColor<<resting>> #2f6f44
          BorderThickness<<resting>> 2
          BackgroundColor<<transient>> #e3ecfa
          BorderColor<<transient>> #3d5f94
        }
        hide stereotype
        """);
    for (Phase phase : Phase.values()) {
      text.append("state %s <<%s>>%s\n"
          .formatted(
              phase,
              phase.isResting() ? "resting" : "transient",
              highlight.isPresent(phase) ? " #ffd866;line:a15c00;line.bold" : ""));
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

  private static String style(DiagramHighlight.Mark mark) {
    return switch (mark) {
      case NONE -> "";
      case TAKEN -> "[#a15c00,thickness=2]";
      case LAST -> "[#d04a00,thickness=4]";
    };
  }
}
