package io.kubesolo.update.fsm.diagram;

import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.util.Locale;

/**
 * Draws the machine from its edges, and where a device stands in it. The same edges and state give
 * the same bytes, which end with a line break.
 *
 * <p>Immutable.
 */
public final class Diagram {
  private final TransitionTable table;

  private Diagram(TransitionTable table) {
    this.table = table;
  }

  /** What a diagram is written in. */
  public enum Format {
    /** A {@code stateDiagram-v2} of Mermaid. */
    MERMAID,
    /** A digraph for Graphviz. */
    DOT,
    /** A state diagram of PlantUML. */
    PLANTUML,
    /** A picture, laid out by the build. */
    SVG,
    /** State Chart XML. */
    SCXML,
    /** Two tables: the edges, and what each event does in each phase. */
    MARKDOWN;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Takes the edges to draw.
   *
   * @param table the edges, of an engine for example
   * @return their diagram
   */
  public static Diagram of(TransitionTable table) {
    return new Diagram(table);
  }

  /**
   * Draws the machine.
   *
   * @param format what to write it in
   * @param current the state whose phase, last edge and history are marked, or none
   * @return the text, encoded in UTF-8 where it says how
   * @throws IllegalArgumentException if an SVG is asked for of other edges than the build's
   */
  public String render(Format format, Option<UpdateState> current) {
    DiagramHighlight highlight = DiagramHighlight.of(table, current);
    return switch (format) {
      case MERMAID -> Mermaid.draw(table, highlight);
      case DOT -> Dot.draw(table, highlight);
      case PLANTUML -> PlantUml.draw(table, highlight);
      case SVG -> Svg.draw(table, highlight);
      case SCXML -> Scxml.draw(table, highlight);
      case MARKDOWN -> Markdown.draw(table, highlight);
    };
  }
}
