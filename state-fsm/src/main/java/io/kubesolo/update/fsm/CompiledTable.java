package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.TransitionTable;
import java.util.List;
import java.util.function.Supplier;

/**
 * The class that the build step generates from the Spring config, which holds the edges. It is a
 * class and not a resource file because the JVM loads a class from its class data archive without
 * opening the jar.
 */
public final class CompiledTable {
  /** The name of the class, a {@link Supplier} of the edges. */
  public static final String CLASS = CompiledTable.class.getPackageName() + ".CompiledEdges";

  private CompiledTable() {}

  static TransitionTable load() {
    try {
      return new TransitionTable(edges(Class.forName(CLASS)
          .asSubclass(Supplier.class)
          .getDeclaredConstructor()
          .newInstance()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the jar of state-fsm does not hold " + CLASS, e);
    }
  }

  @SuppressWarnings("unchecked") // the generated class declares it
  private static List<Edge> edges(Supplier<?> compiled) {
    return (List<Edge>) compiled.get();
  }
}
