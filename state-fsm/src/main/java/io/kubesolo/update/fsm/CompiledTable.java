package io.kubesolo.update.fsm;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Effect;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The edges as a resource of this module, which the build writes from the Spring config. One edge a
 * line: phase, event, phase, guards, effects, by the names of their constants; the lists are
 * separated by commas, and {@code -} is an empty one.
 */
final class CompiledTable {
  static final String RESOURCE = "transitions.txt";

  private CompiledTable() {}

  static List<String> lines(TransitionTable table) {
    return table.edges().stream()
        .map(edge -> String.join(
            " ",
            edge.from().name(),
            edge.event().name(),
            edge.to().name(),
            names(edge.guards()),
            names(edge.effects())))
        .toList();
  }

  static TransitionTable load() {
    try (InputStream resource = CompiledTable.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException("the jar of state-fsm was built without " + RESOURCE);
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(resource, UTF_8));
      List<Edge> edges = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        edges.add(edge(line));
      }
      return new TransitionTable(edges);
    } catch (IOException e) {
      throw new UncheckedIOException("the jar of state-fsm cannot be read", e);
    }
  }

  private static Edge edge(String line) {
    String[] words = line.split(" ", 5);
    List<Guard> guards = new ArrayList<>();
    for (String name : list(words[3])) {
      guards.add(Guard.valueOf(name));
    }
    List<Effect> effects = new ArrayList<>();
    for (String name : list(words[4])) {
      effects.add(Effect.valueOf(name));
    }
    return new Edge(
        Phase.valueOf(words[0]),
        EventType.valueOf(words[1]),
        Phase.valueOf(words[2]),
        guards,
        effects);
  }

  private static String[] list(String word) {
    return word.equals("-") ? new String[0] : word.split(",", -1);
  }

  private static String names(List<? extends Enum<?>> constants) {
    return constants.isEmpty()
        ? "-"
        : String.join(",", constants.stream().map(Enum::name).toList());
  }
}
