package io.kubesolo.update.fsm;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The picture that the build laid out, and the classes by which its style shows where a device
 * stands: {@code present} on a phase, {@code taken} and {@code last} on edges and rules.
 *
 * <p>Each phase, edge and rule is a group with an id of its own, one a line. A rule is what edges
 * with the same event, target, guards and actions share: they run into its label, and one arrow
 * leads on from there.
 */
final class Svg {
  static final String RESOURCE = "lifecycle.svg";

  /** Ends the edges and rules; what stands before it is drawn above them, below the phases. */
  static final String END_OF_EDGES = "</g><!-- edges -->";

  private Svg() {}

  static String draw(TransitionTable table, Trail trail) {
    if (!table.edges().equals(CompiledTable.load().edges())) {
      throw new IllegalArgumentException("the build laid out no picture of these edges");
    }
    return marked(load(), classes(table, trail));
  }

  /** How the group of a phase begins. */
  static String open(Phase phase) {
    return "<g id=\"phase-%s\" class=\"phase %s"
        .formatted(phase, phase.isResting() ? "resting" : "transient");
  }

  /** How the group of an edge begins. */
  static String open(Edge edge) {
    return "<g id=\"edge-%s-%s\" class=\"edge".formatted(edge.from(), edge.event());
  }

  /** How the group of a rule begins. */
  static String open(List<Edge> rule) {
    Edge first = rule.get(0);
    return "<g id=\"rule-%s-%s\" class=\"rule".formatted(first.event(), first.from());
  }

  /** The edges of each rule, in the order of their declaration. */
  static List<List<Edge>> rules(TransitionTable table) {
    return Arrow.groups(
        table.edges(), edge -> List.of(edge.event(), edge.to(), edge.guards(), edge.actions()));
  }

  /** The class that each marked group is given, by how the group begins; the last one last. */
  private static Map<String, String> classes(TransitionTable table, Trail trail) {
    Map<String, String> classes = new LinkedHashMap<>();
    trail.present().forEach(phase -> classes.put(open(phase), " present"));
    for (Trail.Mark mark : List.of(Trail.Mark.TAKEN, Trail.Mark.LAST)) {
      String added = mark == Trail.Mark.LAST ? " taken last" : " taken";
      table.edges().stream()
          .filter(edge -> trail.mark(edge) == mark)
          .forEach(edge -> classes.put(open(edge), added));
      rules(table).stream()
          .filter(rule -> trail.mark(rule) == mark)
          .forEach(rule -> classes.put(open(rule), added));
    }
    return classes;
  }

  /** Adds the classes, and moves marked edges above the others, which would cover them. */
  private static String marked(String svg, Map<String, String> classes) {
    List<String> lines = new ArrayList<>(svg.lines().toList());
    classes.forEach((opening, added) -> {
      int at = indexOf(lines, opening);
      String line = lines.get(at).replace(opening, opening + added);
      if (opening.startsWith("<g id=\"phase-")) {
        lines.set(at, line);
      } else {
        lines.remove(at);
        lines.add(lines.indexOf(END_OF_EDGES), line);
      }
    });
    return String.join("\n", lines) + "\n";
  }

  private static int indexOf(List<String> lines, String opening) {
    return IntStream.range(0, lines.size())
        .filter(i -> lines.get(i).startsWith(opening + "\""))
        .findFirst()
        .orElseThrow();
  }

  private static String load() {
    try (InputStream resource = Svg.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException("the jar of state-fsm was built without " + RESOURCE);
      }
      return new String(resource.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the jar of state-fsm cannot be read", e);
    }
  }
}
