package io.kubesolo.update.fsm.verify;

import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventField;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes edges in Promela, the language of SPIN's models: a statement for each type of event, which
 * can be executed only if an edge accepts the event.
 */
final class Promela {
  /** The fields of an event whose values matter. */
  private static final List<EventField> FIELDS =
      Stream.of(EventField.values()).filter(field -> field != EventField.ERROR).toList();

  private final List<Edge> edges;

  private Promela(List<Edge> edges) {
    this.edges = edges;
  }

  static String of(List<Edge> edges) {
    return new Promela(edges).write();
  }

  private String write() {
    return """
        /* Written by a test: the phases, and the edges for each type of event. */

        mtype:phase = { %s };

        #define transient (%s)

        %s
        /* Any event that an edge accepts, with any values. */
        inline any_event() {
          if
        %s  fi
        }
        """.formatted(
            Stream.of(Phase.values()).map(Phase::wireName).collect(joining(", ")),
            Stream.of(Phase.values())
                .filter(phase -> !phase.isResting())
                .map(phase -> "phase == " + phase)
                .collect(joining(" || ")),
            Stream.of(EventType.values()).map(this::event).collect(joining("\n")),
            Stream.of(EventType.values())
                .flatMap(Promela::calls)
                .map(call -> "  :: " + call + "\n")
                .collect(joining()));
  }

  private String event(EventType type) {
    return """
        inline %s(%s) {
          if
        %s  fi;
          chosen = %s
        }
        """.formatted(
        type,
        Stream.concat(Stream.of("may"), fields(type).map(EventField::wireName))
            .collect(joining(", ")),
        edges.stream().filter(edge -> edge.event() == type).map(Promela::option).collect(joining()),
        type.fields().contains(EventField.FORCE) ? "(force -> 0 : to_version)" : "0");
  }

  private static String option(Edge edge) {
    String guards =
        edge.guards().stream().map(Guard::ruleName).map(" && "::concat).collect(joining());
    String actions =
        edge.actions().stream().map(Action::ruleName).map("; "::concat).collect(joining());
    String values = FIELDS.stream()
        .map(field -> fields(edge.event()).anyMatch(field::equals) ? field.wireName() : "0")
        .collect(joining(", "));
    return "  :: may && phase == %s%s ->\n       d_step { before(%s, %s)%s; phase = %s; after }\n"
        .formatted(edge.from(), guards, edge.event(), values, actions, edge.to());
  }

  /** Returns the statements that send an event with each combination of values. */
  private static Stream<String> calls(EventType type) {
    List<String> calls = List.of(type + "(true");
    for (EventField field : fields(type).toList()) {
      List<String> longer = new ArrayList<>();
      calls.forEach(call -> values(field).forEach(value -> longer.add(call + ", " + value)));
      calls = longer;
    }
    return calls.stream().map(call -> call + ")");
  }

  private static Stream<String> values(EventField field) {
    return switch (field) {
      case TO_VERSION, RUNNING_VERSION ->
        IntStream.rangeClosed(1, Exploration.VERSIONS.size()).mapToObj(String::valueOf);
      case FORCE, RETRY -> Stream.of("false", "true");
      case ERROR -> throw new IllegalArgumentException("no guard or action of the model reads it");
    };
  }

  private static Stream<EventField> fields(EventType type) {
    return type.fields().stream().filter(FIELDS::contains);
  }
}
