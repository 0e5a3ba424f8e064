package io.kubesolo.update.fsm.diagram;

import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import java.util.List;
import java.util.function.Function;

/** Writes the machine as JSON, of which {@code lifecycle.schema.json} is the schema. */
final class Json {
  private Json() {}

  static String draw(TransitionTable table, DiagramHighlight highlight) {
    return """
        {
          "initial": %s,
          "phases": %s,
          "events": %s,
          "guards": %s,
          "actions": %s,
          "edges": %s
        }
        """.formatted(
            quoted(Phase.IDLE),
            lines(List.of(Phase.values()), phase -> phase(phase, highlight)),
            lines(List.of(EventType.values()), Json::event),
            lines(
                List.of(Guard.values()),
                guard -> named(guard.ruleName(), Descriptions.of(guard)) + "}"),
            lines(
                List.of(Action.values()),
                action -> named(action.ruleName(), Descriptions.of(action)) + "}"),
            lines(table.edges(), edge -> edge(edge, highlight)));
  }

  private static String phase(Phase phase, DiagramHighlight highlight) {
    return named(phase.wireName(), Descriptions.of(phase))
        + ", \"resting\": " + phase.isResting()
        + highlight
            .present()
            .map(present -> ", \"present\": " + (present == phase))
            .getOrElse("")
        + "}";
  }

  private static String event(EventType event) {
    String fields = event.fields().stream().map(Json::field).collect(joining(", "));
    return named(event.wireName(), Descriptions.of(event)) + ", \"fields\": [" + fields + "]}";
  }

  private static String field(EventField field) {
    boolean text = switch (field) {
      case TO_VERSION, RUNNING_VERSION, ERROR -> true;
      case FORCE, RETRY -> false;
    };
    return named(field.wireName(), Descriptions.of(field)) + ", \"type\": \""
        + (text ? "string" : "boolean") + "\", \"required\": " + text + "}";
  }

  private static String edge(Edge edge, DiagramHighlight highlight) {
    DiagramHighlight.Mark mark = highlight.mark(edge);
    return "{\"from\": " + quoted(edge.from())
        + ", \"event\": " + quoted(edge.event())
        + ", \"to\": " + quoted(edge.to())
        + ", \"guards\": " + names(edge.guards())
        + ", \"actions\": " + names(edge.actions())
        + (highlight.present().isEmpty()
            ? ""
            : ", \"taken\": " + (mark != DiagramHighlight.Mark.NONE) + ", \"last\": "
                + (mark == DiagramHighlight.Mark.LAST))
        + "}";
  }

  private static String named(String name, String description) {
    return "{\"name\": " + quoted(name) + ", \"description\": " + quoted(description);
  }

  private static String names(List<?> rules) {
    return rules.stream().map(Json::quoted).collect(joining(", ", "[", "]"));
  }

  /** Quotes a text. The names and descriptions of this module hold no character to escape. */
  private static String quoted(Object text) {
    return "\"" + text + "\"";
  }

  private static <T> String lines(List<T> elements, Function<T, String> line) {
    return elements.stream().map(line).collect(joining(",\n    ", "[\n    ", "\n  ]"));
  }
}
