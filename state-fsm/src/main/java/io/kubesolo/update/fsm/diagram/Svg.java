package io.kubesolo.update.fsm.diagram;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.fsm.TableEngine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Adds CSS classes to the picture that the build generated, by which its style sheet highlights a
 * device's state: {@code present} on a phase, {@code taken} and {@code last} on edges and rules.
 */
final class Svg {
  private Svg() {}

  static String draw(TransitionTable table, DiagramHighlight highlight) {
    if (!table.edges().equals(new TableEngine().table().edges())) {
      throw new IllegalArgumentException("the build generated no SVG of these edges");
    }
    return marked(load(), classes(table, highlight));
  }

  /** Returns the classes to add to each group, by its opening; those of the last edge come last. */
  private static Map<String, String> classes(TransitionTable table, DiagramHighlight highlight) {
    Map<String, String> classes = new LinkedHashMap<>();
    highlight.present().forEach(phase -> classes.put(SvgStructure.open(phase), " present"));
    for (DiagramHighlight.Mark mark :
        List.of(DiagramHighlight.Mark.TAKEN, DiagramHighlight.Mark.LAST)) {
      String added = mark == DiagramHighlight.Mark.LAST ? " taken last" : " taken";
      table.edges().stream()
          .filter(edge -> highlight.mark(edge) == mark)
          .forEach(edge -> classes.put(SvgStructure.open(edge), added));
      SvgStructure.rules(table).stream()
          .filter(rule -> highlight.mark(rule) == mark)
          .forEach(rule -> classes.put(SvgStructure.open(rule), added));
    }
    return classes;
  }

  /** Adds classes, and moves highlighted edges to the top, so that no other edge covers them. */
  private static String marked(String svg, Map<String, String> classes) {
    List<String> lines = new ArrayList<>(svg.lines().toList());
    classes.forEach((opening, added) -> {
      int at = indexOf(lines, opening);
      String line = lines.get(at).replace(opening, opening + added);
      if (opening.startsWith("<g id=\"phase-")) {
        lines.set(at, line);
      } else {
        lines.remove(at);
        lines.add(lines.indexOf(SvgStructure.END_OF_EDGES), line);
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
    try (InputStream resource = Svg.class.getResourceAsStream(SvgStructure.RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException(
            "the jar of state-fsm does not hold " + SvgStructure.RESOURCE);
      }
      return new String(resource.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the jar of state-fsm cannot be read", e);
    }
  }
}
