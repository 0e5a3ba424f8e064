package io.kubesolo.update.fsm.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.fsm.TableEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;
import org.junit.jupiter.api.Test;

/** The coordinates of the picture: no line is taken for another one, and nothing overlaps. */
class SvgLayoutTest {
  /** A picture in a README is not scaled down up to this width. */
  private static final double README_WIDTH = 830;

  private static final double BETWEEN_LINES = 8;
  private static final double BETWEEN_ENDS = 20;
  private static final double AROUND_BOX = 5;

  private final SvgLayout layout = new SvgLayout(new TableEngine().table());

  /** A label or a phase. */
  private record Box(String name, double left, double top, double right, double bottom) {
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
  private record Segment(String from, String to, Box area) {
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
  }

  @Test
  void hasNoFaults() {
    assertThat(faults(boxes(), segments())).isEmpty();
  }

  @Test
  void fitsIntoAReadme() {
    assertThat(layout.graph.getWidth()).isLessThanOrEqualTo(README_WIDTH);
  }

  @Test
  void drawsTheDirectDownloadBesideChecking() {
    SvgLayout.Rule direct = layout.rules.stream()
        .filter(rule -> rule.edges().get(0).from() == Phase.IDLE
            && rule.edges().get(0).event() == EventType.DOWNLOAD)
        .findFirst()
        .orElseThrow();

    assertThat(direct.edges()).hasSize(1);
    assertThat(direct.box().getY())
        .isBetween(phase(Phase.IDLE).getY(), phase(Phase.DOWNLOADING).getY());
  }

  @Test
  void drawsTheWayOfAnUpdateThatSucceedsDownwards() {
    for (int i = 1; i < SvgLayout.WAY.size(); i++) {
      ElkNode before = phase(SvgLayout.WAY.get(i - 1));
      assertThat(phase(SvgLayout.WAY.get(i)).getY())
          .isGreaterThan(before.getY() + before.getHeight());
    }
  }

  @Test
  void noticesPlantedFaults() {
    Box a = new Box("a", 0, 0, 50, 20);
    Box b = new Box("b", 0, 100, 50, 120);
    Segment down = new Segment("a", "b", new Box("", 25, 20, 25, 100));
    assertThat(faults(List.of(a, b), List.of(down))).isEmpty();

    assertThat(faults(List.of(a, b, new Box("c", 40, 10, 90, 30)), List.of()))
        .containsExactly("a overlaps c");
    assertThat(faults(List.of(a, b, new Box("c", 28, 40, 90, 60)), List.of(down)))
        .containsExactly("a to b touches c");
    assertThat(faults(
            List.of(a, b), List.of(down, new Segment("c", "d", new Box("", 25, 60, 25, 150)))))
        .contains("a to b runs along c to d");
    assertThat(faults(
            List.of(a, b), List.of(down, new Segment("c", "d", new Box("", 29, 60, 29, 90)))))
        .contains("a to b runs along c to d");
    assertThat(faults(
            List.of(a, b), List.of(down, new Segment("c", "d", new Box("", 25, 110, 25, 150)))))
        .contains("a to b reads on as c to d");
  }

  private static List<String> faults(List<Box> boxes, List<Segment> segments) {
    List<String> faults = new ArrayList<>();
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
          .filter(box -> !isEnd(segment, box) && box.grown(AROUND_BOX).overlaps(segment.area()))
          .forEach(box -> faults.add(segment.line() + " touches " + box.name()));
      segments.subList(i + 1, segments.size()).forEach(other -> compare(segment, other, faults));
    }
    return faults;
  }

  private static boolean isEnd(Segment segment, Box box) {
    return segment.from().equals(box.name()) || segment.to().equals(box.name());
  }

  private static void compare(Segment one, Segment two, List<String> faults) {
    if (one.line().equals(two.line()) || one.isHorizontal() != two.isHorizontal()) {
      return;
    }
    double distance = Math.abs(one.across() - two.across());
    if (distance < BETWEEN_LINES && one.gap(two) < 0) {
      faults.add(one.line() + " runs along " + two.line());
    } else if (distance < 1 && one.gap(two) < BETWEEN_ENDS && !isStraightOn(one, two)) {
      faults.add(one.line() + " reads on as " + two.line());
    }
  }

  /** Returns whether one line ends at the box at which the other one starts. */
  private static boolean isStraightOn(Segment one, Segment two) {
    return one.to().equals(two.from()) || two.to().equals(one.from());
  }

  private ElkNode phase(Phase phase) {
    return Objects.requireNonNull(layout.phases.get(phase));
  }

  private List<Box> boxes() {
    List<Box> boxes = new ArrayList<>();
    layout.phases.forEach((phase, node) -> boxes.add(Box.of(phase.wireName(), node)));
    layout.rules.forEach(rule -> boxes.add(Box.of(name(rule), rule.box())));
    return boxes;
  }

  private static String name(SvgLayout.Rule rule) {
    return rule.edges().get(0).event() + " from " + rule.edges().get(0).from();
  }

  private List<Segment> segments() {
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
    assertThat(segments).hasSizeGreaterThan(layout.into.size() + layout.rules.size());
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
