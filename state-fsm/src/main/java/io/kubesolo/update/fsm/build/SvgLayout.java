package io.kubesolo.update.fsm.build;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.fsm.diagram.SvgStructure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.elk.alg.layered.options.CycleBreakingStrategy;
import org.eclipse.elk.alg.layered.options.LayeredOptions;
import org.eclipse.elk.alg.layered.options.NodePlacementStrategy;
import org.eclipse.elk.core.RecursiveGraphLayoutEngine;
import org.eclipse.elk.core.math.ElkPadding;
import org.eclipse.elk.core.options.CoreOptions;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.util.NullElkProgressMonitor;
import org.eclipse.elk.graph.ElkConnectableShape;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;

/**
 * The positions of phases, rules and edges in the picture, by the layered layout of Eclipse ELK.
 */
final class SvgLayout {
  static final double LINE_HEIGHT = 14;

  /** The phases of an update that succeeds, which are drawn in a straight line. */
  static final List<Phase> PATH = Phase.successfulPath();

  /** The variants in the order in which they are tried. */
  static final List<Variant> VARIANTS = variants(40);

  final ElkNode graph = ElkGraphUtil.createGraph();
  final Map<Phase, ElkNode> phases = new EnumMap<>(Phase.class);
  final List<Rule> rules = new ArrayList<>();
  final Map<Edge, ElkEdge> into = new LinkedHashMap<>();
  final ElkNode start;
  final ElkEdge initial;

  /**
   * A rule in the picture.
   *
   * @param edges the edges that share it
   * @param box the position of its label
   * @param onward the line from the label to the target
   */
  record Rule(List<Edge> edges, ElkNode box, ElkEdge onward) {}

  /**
   * What may differ between two layouts of the same table.
   *
   * @param seed what the order of boxes in a row is searched with; another seed gives another order
   * @param betweenLines the distance of lines in the same layer
   * @param betweenBoxes the distance of boxes in the same layer
   * @param besideBox the distance of a line from a box in the same layer
   */
  record Variant(int seed, double betweenLines, double betweenBoxes, double besideBox) {}

  /**
   * Lays out a table.
   *
   * @return the layout of the first variant that has no {@link LayoutFaults}
   * @throws IllegalStateException if each variant has a fault
   */
  static SvgLayout of(TransitionTable table) {
    return of(table, VARIANTS);
  }

  static SvgLayout of(TransitionTable table, List<Variant> variants) {
    List<String> fewest = List.of();
    for (Variant variant : variants) {
      SvgLayout layout = new SvgLayout(table, variant);
      List<String> faults = LayoutFaults.of(layout);
      if (faults.isEmpty()) {
        return layout;
      }
      fewest = fewest.isEmpty() || faults.size() < fewest.size() ? faults : fewest;
    }
    throw new IllegalStateException(
        "no layout of the picture is without faults: %d tried, the best has %d (%s, ...); add variants to SvgLayout"
            .formatted(variants.size(), fewest.size(), fewest.get(0)));
  }

  private static List<Variant> variants(int seeds) {
    List<Variant> variants = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      variants.add(new Variant(seed, 11, 24, 14));
      variants.add(new Variant(seed, 14, 30, 18));
      variants.add(new Variant(seed, 16, 24, 20));
      variants.add(new Variant(seed, 10, 22, 13));
    }
    return List.copyOf(variants);
  }

  private SvgLayout(TransitionTable table, Variant variant) {
    start = node(12, 12);
    for (Phase phase : Phase.values()) {
      phases.put(phase, node(Math.max(92, 9.2 * phase.wireName().length() + 22), 31));
    }
    initial = ElkGraphUtil.createSimpleEdge(start, node(Phase.IDLE));
    SvgStructure.rules(table).forEach(this::add);
    configure(variant);
    new RecursiveGraphLayoutEngine().layout(graph, new NullElkProgressMonitor());
  }

  /** Adds a rule; each of its edges ends at its own point of the label. */
  private void add(List<Edge> rule) {
    List<String> label = SvgStructure.label(rule);
    ElkNode box = node(width(label), LINE_HEIGHT * label.size() + 7);
    int priority = rule.stream().anyMatch(SvgLayout::isNext) ? 10 : 0;
    rule.forEach(edge -> into.put(edge, line(node(edge.from()), box, priority)));
    rules.add(new Rule(rule, box, line(box, node(rule.get(0).to()), priority)));
  }

  /** Returns whether an edge leads to the next phase of an update that succeeds. */
  private static boolean isNext(Edge edge) {
    int from = PATH.indexOf(edge.from());
    return from >= 0 && PATH.indexOf(edge.to()) == from + 1;
  }

  private static ElkEdge line(ElkConnectableShape from, ElkConnectableShape to, int priority) {
    ElkEdge line = ElkGraphUtil.createSimpleEdge(from, to);
    line.setProperty(LayeredOptions.PRIORITY_SHORTNESS, priority);
    line.setProperty(LayeredOptions.PRIORITY_STRAIGHTNESS, priority);
    return line;
  }

  /** Returns the width of a label in the widest of the usual sans-serif fonts. */
  private static double width(List<String> label) {
    double event = 8.2 * label.get(0).length();
    double rest = label.stream().skip(1).mapToInt(String::length).max().orElse(0) * 6.3;
    return Math.max(event, rest) + 14;
  }

  private ElkNode node(double width, double height) {
    ElkNode node = ElkGraphUtil.createNode(graph);
    node.setDimensions(width, height);
    return node;
  }

  private ElkNode node(Phase phase) {
    return Objects.requireNonNull(phases.get(phase));
  }

  private void configure(Variant variant) {
    graph.setProperty(CoreOptions.ALGORITHM, LayeredOptions.ALGORITHM_ID);
    graph.setProperty(LayeredOptions.DIRECTION, Direction.DOWN);
    graph.setProperty(LayeredOptions.EDGE_ROUTING, EdgeRouting.ORTHOGONAL);
    graph.setProperty(LayeredOptions.CYCLE_BREAKING_STRATEGY, CycleBreakingStrategy.DEPTH_FIRST);
    graph.setProperty(
        LayeredOptions.NODE_PLACEMENT_STRATEGY, NodePlacementStrategy.NETWORK_SIMPLEX);
    graph.setProperty(LayeredOptions.THOROUGHNESS, 100);
    graph.setProperty(CoreOptions.RANDOM_SEED, variant.seed());
    graph.setProperty(LayeredOptions.PADDING, new ElkPadding(8));
    graph.setProperty(LayeredOptions.SPACING_NODE_NODE, variant.betweenBoxes());
    graph.setProperty(LayeredOptions.SPACING_EDGE_NODE, variant.besideBox());
    graph.setProperty(LayeredOptions.SPACING_EDGE_EDGE, variant.betweenLines());
    graph.setProperty(LayeredOptions.SPACING_NODE_NODE_BETWEEN_LAYERS, 19.0);
    graph.setProperty(LayeredOptions.SPACING_EDGE_NODE_BETWEEN_LAYERS, 15.0);
    graph.setProperty(LayeredOptions.SPACING_EDGE_EDGE_BETWEEN_LAYERS, 9.0);
  }
}
