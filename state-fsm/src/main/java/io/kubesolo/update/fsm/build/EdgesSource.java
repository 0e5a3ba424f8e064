package io.kubesolo.update.fsm.build;

import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.fsm.CompiledTable;
import java.util.List;

/** Writes edges as the Java source of {@link CompiledTable#CLASS}. */
final class EdgesSource {
  static final String PACKAGE = CompiledTable.class.getPackageName();
  static final String NAME = CompiledTable.CLASS.substring(PACKAGE.length() + 1);

  private EdgesSource() {}

  static String of(List<Edge> edges) {
    return """
        package %s;

        import static io.kubesolo.update.core.Action.*;
        import static io.kubesolo.update.core.EventType.*;
        import static io.kubesolo.update.core.Guard.*;
        import static io.kubesolo.update.core.Phase.*;

        import io.kubesolo.update.core.Edge;
        import java.util.List;
        import java.util.function.Supplier;

        final class %s implements Supplier<List<Edge>> {
          @Override
          public List<Edge> get() {
            return List.of(
        %s);
          }
        }
        """.formatted(
            PACKAGE, NAME, edges.stream().map(EdgesSource::expression).collect(joining(",\n")));
  }

  private static String expression(Edge edge) {
    return "        new Edge(%s, %s, %s, List.of(%s), List.of(%s))"
        .formatted(
            edge.from().name(),
            edge.event().name(),
            edge.to().name(),
            names(edge.guards()),
            names(edge.actions()));
  }

  private static String names(List<? extends Enum<?>> constants) {
    return constants.stream().map(Enum::name).collect(joining(", "));
  }
}
