package io.kubesolo.update.fsm.diagram;

import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;

/**
 * Writes State Chart XML. Guards and actions are calls of functions that the interpreter's host
 * supplies. What SCXML cannot express is in a namespace of its own.
 */
final class Scxml {
  private Scxml() {}

  static String draw(TransitionTable table, DiagramHighlight highlight) {
    StringBuilder text = new StringBuilder("""
        <?xml version="1.0" encoding="UTF-8"?>
        <scxml xmlns="http://www.w3.org/2005/07/scxml" xmlns:update="urn:kubesolo:update"
            version="1.0" name="update" datamodel="ecmascript" initial="idle">
        """);
    for (Phase phase : Phase.values()) {
      text.append("  <state id=\"%s\" update:kind=\"%s\"%s>\n"
          .formatted(
              phase,
              phase.isResting() ? "resting" : "transient",
              highlight.isPresent(phase) ? " update:present=\"true\"" : ""));
      table.edges().stream()
          .filter(edge -> edge.from() == phase)
          .forEach(edge -> transition(text, edge, highlight));
      text.append("  </state>\n");
    }
    return text.append("</scxml>\n").toString();
  }

  private static void transition(StringBuilder text, Edge edge, DiagramHighlight highlight) {
    String cond = edge.guards().isEmpty()
        ? ""
        : edge.guards().stream()
            .map(guard -> guard.ruleName() + "()")
            .collect(joining(" &amp;&amp; ", " cond=\"", "\""));
    String mark = switch (highlight.mark(edge)) {
      case NONE -> "";
      case TAKEN -> " update:taken=\"true\"";
      case LAST -> " update:taken=\"true\" update:last=\"true\"";
    };
    text.append("    <transition event=\"%s\"%s target=\"%s\"%s"
        .formatted(edge.event(), cond, edge.to(), mark));
    text.append(edge.actions().isEmpty() ? "/>\n" : ">\n" + script(edge) + "    </transition>\n");
  }

  private static String script(Edge edge) {
    return edge.actions().stream()
        .map(Action::ruleName)
        .collect(joining("(); ", "      <script>", "();</script>\n"));
  }
}
