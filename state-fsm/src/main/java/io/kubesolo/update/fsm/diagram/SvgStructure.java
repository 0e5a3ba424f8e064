package io.kubesolo.update.fsm.diagram;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import java.util.List;

/**
 * The structure of the SVG that the build step writes and that {@link Diagram} adds highlights to.
 *
 * <p>Each phase, edge and rule is a group with an id of its own, on one line. A rule is the set of
 * edges with the same event, target, guards and actions that all lead to a later phase, or all do
 * not: their lines end at one label, and one arrow leads from the label to the target.
 */
public final class SvgStructure {
  /** The name of the file, in this package. */
  public static final String RESOURCE = "lifecycle.svg";

  /**
   * The line after the edges and rules. Phases follow it, so that they are drawn above all edges.
   */
  public static final String END_OF_EDGES = "</g><!-- edges -->";

  private SvgStructure() {}

  /**
   * Opens the group of a phase.
   *
   * @param phase the phase
   * @return the group's tag up to the end of its classes
   */
  public static String open(Phase phase) {
    return "<g id=\"phase-%s\" class=\"phase %s"
        .formatted(phase, phase.isResting() ? "resting" : "transient");
  }

  /**
   * Opens the group of an edge.
   *
   * @param edge the edge
   * @return the group's tag up to the end of its classes
   */
  public static String open(Edge edge) {
    return "<g id=\"edge-%s-%s\" class=\"edge".formatted(edge.from(), edge.event());
  }

  /**
   * Opens the group of a rule.
   *
   * @param rule the edges of the rule
   * @return the group's tag up to the end of its classes
   */
  public static String open(List<Edge> rule) {
    Edge first = rule.get(0);
    return "<g id=\"rule-%s-%s\" class=\"rule".formatted(first.event(), first.from());
  }

  /**
   * Groups edges by rule.
   *
   * @param table the edges
   * @return the edges of each rule, in the order of declaration
   */
  public static List<List<Edge>> rules(TransitionTable table) {
    return Arrow.groups(
        table.edges(),
        edge -> List.of(edge.event(), edge.to(), edge.guards(), edge.actions(), leadsOn(edge)));
  }

  /**
   * Returns whether an edge leads to a later phase. A successful update takes such edges only.
   *
   * @param edge the edge
   * @return whether it leads on
   */
  public static boolean leadsOn(Edge edge) {
    return edge.to().compareTo(edge.from()) > 0;
  }

  /**
   * Writes the label of a rule.
   *
   * @param rule the edges of the rule
   * @return a line with the event, then one with the guards in brackets, then one with the actions
   *     after a slash, if there are any
   */
  public static List<String> label(List<Edge> rule) {
    return Arrow.label(rule);
  }
}
