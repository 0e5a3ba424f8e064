package io.kubesolo.update.fsm.build;

import io.kubesolo.update.core.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;

/**
 * Finds the faults of a layout: boxes that overlap, a line that touches a box or can be mistaken
 * for another line, a successful update that is not drawn downwards, and a picture that is too wide.
 */
final class LayoutFaults {
  /** A picture in a README is not scaled down up to this width. */
  private static final double README_WIDTH = 830;

  private static final double BETWEEN_LINES = 8;
  private static final double BETWEEN_ENDS = 20;
  private static final double AROUND_BOX = 5;

  private final List<String> faults = new ArrayList<>();

  private LayoutFaults() {}

  /** A label or a phase. */
  record Box(String name, double left, double top, double right, double bottom) {
    static Box of(String name, ElkNode node) {
      return new Box(
          name,
          node.getX(),
          node.getY(),
          node.getX() + node.getWidth(),
          node.getY() + node.getHeight());
    }

    Box grown(double by) {
      return new Box(name, left - by, top - by, right + by, bottom + by);
    }

    boolean overlaps(Box other) {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
  }

  /** A horizontal or vertical part of a line from one box to another. */
  record Segment(String from, String to, Box area) {
    boolean isHorizontal() {
      return area.top == area.bottom;
    }

    String line() {
      return from + " to " + to;
    }

    double across() {
      return isHorizontal() ? area.top : area.left;
    }

    double start() {
      return isHorizontal() ? area.left : area.top;
    }

    double end() {
      return isHorizontal() ? area.right : area.bottom;
    }

    /** Returns the distance of the ends of two parallel segments; negative if they are abreast. */
    double gap(Segment other) {
      return Math.max(start(), other.start()) - Math.min(end(), other.end());
    }

    /** Returns whether one line ends at the box at which the other one starts. */
    boolean isStraightOn(Segment other) {
      return to.equals(other.from) || other.to.equals(from);
    }

    boolean isEnd(Box box) {
      return from.equals(box.name()) || to.equals(box.name());
    }
  }

  /** Returns a line for each fault of a layout; none if it has no fault. */
  static List<String> of(SvgLayout layout) {
    LayoutFaults found = new LayoutFaults();
    if (layout.graph.getWidth() > README_WIDTH) {
      found.faults.add("the picture is wider than a README");
    }
    found.follow(layout);
    found.compare(boxes(layout), segments(layout));
    return found.faults;
  }

  /** Returns a line for each fault of these boxes and lines; none if they have no fault. */
  static List<String> of(List<Box> boxes, List<Segment> segments) {
    LayoutFaults found = new LayoutFaults();
    found.compare(boxes, segments);
    return found.faults;
  }

  private void compare(List<Box> boxes, List<Segment> segments) {
    for (int i = 0; i < boxes.size(); i++) {
      for (Box other : boxes.subList(i + 1, boxes.size())) {
        if (boxes.get(i).grown(AROUND_BOX).overlaps(other)) {
          faults.add(boxes.get(i).name() + " overlaps " + other.name());
        }
      }
    }
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      boxes.stream()
          .filter(box -> !segment.isEnd(box) && box.grown(AROUND_BOX).overlaps(segment.area()))
          .forEach(box -> faults.add(segment.line() + " touches " + box.name()));
      segments.subList(i + 1, segments.size()).forEach(other -> compare(segment, other));
    }
  }

  private void compare(Segment one, Segment two) {
    if (one.line().equals(two.line()) || one.isHorizontal() != two.isHorizontal()) {
      return;
    }
    double distance = Math.abs(one.across() - two.across());
    if (distance < BETWEEN_LINES && one.gap(two) < 0) {
      faults.add(one.line() + " runs along " + two.line());
    } else if (distance < 1 && one.gap(two) < BETWEEN_ENDS && !one.isStraightOn(two)) {
      faults.add(one.line() + " reads on as " + two.line());
    }
  }

  /** Adds a fault for each phase of a successful update that is not below the one before it. */
  private void follow(SvgLayout layout) {
    for (int i = 1; i < SvgLayout.PATH.size(); i++) {
      Phase before = SvgLayout.PATH.get(i - 1);
      Phase phase = SvgLayout.PATH.get(i);
      Box above = Box.of("", Objects.requireNonNull(layout.phases.get(before)));
      if (Objects.requireNonNull(layout.phases.get(phase)).getY() <= above.bottom()) {
        faults.add(phase + " is not below " + before);
      }
    }
  }

  private static List<Box> boxes(SvgLayout layout) {
    List<Box> boxes = new ArrayList<>();
    layout.phases.forEach((phase, node) -> boxes.add(Box.of(phase.wireName(), node)));
    layout.rules.forEach(rule -> boxes.add(Box.of(name(rule), rule.box())));
    return boxes;
  }

  private static String name(SvgLayout.Rule rule) {
    return rule.edges().get(0).event() + " from " + rule.edges().get(0).from();
  }

  private static List<Segment> segments(SvgLayout layout) {
    List<Segment> segments = new ArrayList<>();
    for (SvgLayout.Rule rule : layout.rules) {
      rule.edges()
          .forEach(edge -> add(
              segments,
              edge.from().wireName(),
              name(rule),
              Objects.requireNonNull(layout.into.get(edge))));
      add(segments, name(rule), rule.edges().get(0).to().wireName(), rule.onward());
    }
    add(segments, "start", Phase.IDLE.wireName(), layout.initial);
    return segments;
  }

  private static void add(List<Segment> segments, String from, String to, ElkEdge line) {
    ElkEdgeSection section = ElkGraphUtil.firstEdgeSection(line, false, false);
    double x = section.getStartX();
    double y = section.getStartY();
    List<double[]> points = new ArrayList<>();
    section.getBendPoints().forEach(bend -> points.add(new double[] {bend.getX(), bend.getY()}));
    points.add(new double[] {section.getEndX(), section.getEndY()});
    for (double[] point : points) {
      segments.add(new Segment(
          from,
          to,
          new Box(
              "",
              Math.min(x, point[0]),
              Math.min(y, point[1]),
              Math.max(x, point[0]),
              Math.max(y, point[1]))));
      x = point[0];
      y = point[1];
    }
  }
}
