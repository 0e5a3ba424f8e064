package io.kubesolo.update.fsm.diagram;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * Draws the machine from its edges, and highlights the phase of a device. The same edges and state
 * always give the same bytes, which end with a line break.
 *
 * <p>Immutable.
 */
public final class Diagram {
  private final TransitionTable table;

  private Diagram(TransitionTable table) {
    this.table = table;
  }

  /** The formats of a diagram. */
  public enum Format {
    /** A {@code stateDiagram-v2} of Mermaid. */
    MERMAID,
    /** A digraph for Graphviz. */
    DOT,
    /** A state diagram of PlantUML. */
    PLANTUML,
    /** A picture, whose layout the build computed. */
    SVG,
    /** State Chart XML. */
    SCXML,
    /** Two tables: the edges, and the phase that each event leads to from each phase. */
    MARKDOWN,
    /** The machine as data, with its parts in words. */
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Makes a diagram of edges.
   *
   * @param table the edges, for example those of an engine
   * @return their diagram
   */
  public static Diagram of(TransitionTable table) {
    return new Diagram(table);
  }

  /**
   * Draws the machine.
   *
   * @param format what to write it in
   * @param current the state whose phase, last edge and history are highlighted, or none
   * @return the text; if it declares an encoding, that is UTF-8
   * @throws IllegalArgumentException if the format is SVG and the edges are not those of the build
   */
  public String render(Format format, Option<UpdateState> current) {
    return render(format, DiagramHighlight.of(table, current));
  }

  /**
   * Draws the machine, and highlights a path through it.
   *
   * @param format what to write it in
   * @param present the phase at the end of the path
   * @param path the edges of the path in their order, of which the last is highlighted most
   * @return the text; if it declares an encoding, that is UTF-8
   * @throws IllegalArgumentException if the format is SVG and the edges are not those of the build
   */
  public String render(Format format, Phase present, List<Edge> path) {
    Option<Edge> last = Option.when(!path.isEmpty(), () -> path.get(path.size() - 1));
    return render(
        format, new DiagramHighlight(Option.some(present), new LinkedHashSet<>(path), last));
  }

  private String render(Format format, DiagramHighlight highlight) {
    return switch (format) {
      case MERMAID -> Mermaid.draw(table, highlight);
      case DOT -> Dot.draw(table, highlight);
      case PLANTUML -> PlantUml.draw(table, highlight);
      case SVG -> Svg.draw(table, highlight);
      case SCXML -> Scxml.draw(table, highlight);
      case MARKDOWN -> Markdown.draw(table, highlight);
      case JSON -> Json.draw(table, highlight);
    };
  }
}
