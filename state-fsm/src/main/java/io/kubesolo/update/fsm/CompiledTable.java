package io.kubesolo.update.fsm;

import static java.util.stream.Collectors.joining;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.TransitionTable;
import java.util.List;
import java.util.function.Supplier;

/**
 * The edges as a class of this module's jar, which the build makes from the Spring config. A class
 * and no other resource: the JVM finds it in its archive of classes, without opening the jar.
 */
final class CompiledTable {
  /** The name of the class, a {@link Supplier} of the edges. */
  static final String CLASS = CompiledTable.class.getPackageName() + ".CompiledEdges";

  private CompiledTable() {}

  /** The class in Java. */
  static String source(TransitionTable table) {
    return """
        package %s;

        import static io.kubesolo.update.core.Action.*;
        import static io.kubesolo.update.core.EventType.*;
        import static io.kubesolo.update.core.Guard.*;
        import static io.kubesolo.update.core.Phase.*;

        import io.kubesolo.update.core.Edge;
        import java.util.List;
        import java.util.function.Supplier;

        final class CompiledEdges implements Supplier<List<Edge>> {
          @Override
          public List<Edge> get() {
            return List.of(
        %s);
          }
        }
        """.formatted(
            CompiledTable.class.getPackageName(),
            table.edges().stream().map(CompiledTable::expression).collect(joining(",\n")));
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

  static TransitionTable load() {
    try {
      return new TransitionTable(edges(Class.forName(CLASS)
          .asSubclass(Supplier.class)
          .getDeclaredConstructor()
          .newInstance()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the jar of state-fsm was built without " + CLASS, e);
    }
  }

  @SuppressWarnings("unchecked") // what source() says
  private static List<Edge> edges(Supplier<?> compiled) {
    return (List<Edge>) compiled.get();
  }
}
