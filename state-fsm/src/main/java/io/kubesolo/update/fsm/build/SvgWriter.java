package io.kubesolo.update.fsm.build;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.fsm.diagram.SvgStructure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkNode;

/** Writes a layout as SVG, without highlights. */
final class SvgWriter {
  private static final double CORNER = 6;
  private static final double HEAD = 7;
  private static final double LEGEND_HEIGHT = 40;
  private static final double LEGEND_GAP = 8;

  /** The distance from the top of a legend's box to the base line of its text. */
  private static final double LINE = 14;

  private final SvgLayout layout;
  private final StringBuilder text = new StringBuilder();

  private SvgWriter(SvgLayout layout) {
    this.layout = layout;
  }

  static String write(SvgLayout layout) {
    return new SvgWriter(layout).write();
  }

  private String write() {
    double width = layout.graph.getWidth();
    double height = layout.graph.getHeight() + LEGEND_HEIGHT;
    text.append("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lifecycle\" role=\"img\""
        + f(" width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\">\n", width, height, width, height));
    text.append("<title>The lifecycle of an update</title>\n<style>\n").append(STYLE);
    text.append("</style>\n");
    text.append(f("<rect class=\"paper\" width=\"%s\" height=\"%s\"/>\n", width, height));
    edges();
    layout.phases.forEach(this::phase);
    legend(layout.graph.getHeight());
    return text.append("</svg>\n").toString();
  }

  private void edges() {
    text.append("<g>\n<g class=\"edge\">").append(line(layout.initial));
    text.append(f(
        "<circle class=\"head\" cx=\"%s\" cy=\"%s\" r=\"6\"/></g>\n",
        layout.start.getX() + 6, layout.start.getY() + 6));
    layout.into.forEach((edge, drawn) -> text.append(SvgStructure.open(edge) + "\">" + title(edge))
        .append(line(drawn))
        .append("</g>\n"));
    layout.rules.forEach(this::rule);
    text.append(SvgStructure.END_OF_EDGES).append("\n");
  }

  private void rule(SvgLayout.Rule rule) {
    ElkNode box = rule.box();
    text.append(SvgStructure.open(rule.edges()) + "\">")
        .append(line(rule.onward()))
        .append(rect(box, 4));
    double x = box.getX() + box.getWidth() / 2;
    double y = box.getY() + SvgLayout.LINE_HEIGHT;
    String kind = "event";
    for (String line : SvgStructure.label(rule.edges())) {
      kind = line.startsWith("[") ? "guards" : line.startsWith("/") ? "actions" : kind;
      text.append(f("<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>", kind, x, y, line));
      y += SvgLayout.LINE_HEIGHT;
    }
    text.append("</g>\n");
  }

  private void phase(Phase phase, ElkNode box) {
    text.append(SvgStructure.open(phase) + "\">");
    text.append(rect(box, phase.isResting() ? 2 : box.getHeight() / 2));
    text.append(f(
        "<text x=\"%s\" y=\"%s\">%s</text></g>\n",
        box.getX() + box.getWidth() / 2, box.getY() + box.getHeight() / 2 + 5, phase));
  }

  private void legend(double y) {
    text.append("<g class=\"legend\">");
    entry(20, y + 10, 30, 10, "", "work is in progress");
    entry(210, y + 10, 30, 2, " class=\"resting\"", "the update rests");
    entry(390, y + 10, 30, 4, " class=\"label\"", "event, [guards], / actions");
    text.append("</g>\n");
  }

  private void entry(
      double x, double y, double width, double radius, String attributes, String words) {
    text.append(f(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"20\" rx=\"%s\"%s/>",
        x, y, width, radius, attributes));
    text.append(f("<text x=\"%s\" y=\"%s\">%s</text>", x + width + LEGEND_GAP, y + LINE, words));
  }

  private static String title(Edge edge) {
    return "<title>%s: %s to %s</title>".formatted(edge.event(), edge.from(), edge.to());
  }

  private static String rect(ElkNode box, double radius) {
    return f(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"%s\"/>",
        box.getX(), box.getY(), box.getWidth(), box.getHeight(), radius);
  }

  /** Returns a line with round corners, and its arrow head. */
  private static String line(ElkEdge edge) {
    List<Point> points = points(edge.getSections().get(0));
    int last = points.size() - 1;
    Point end = points.get(last);
    Point base = end.towards(points.get(last - 1), HEAD);
    points.set(last, base);
    StringBuilder path = new StringBuilder("M" + points.get(0));
    for (int i = 1; i < last; i++) {
      Point corner = points.get(i);
      path.append(" L" + corner.towards(points.get(i - 1), CORNER));
      path.append(" Q" + corner + " " + corner.towards(points.get(i + 1), CORNER));
    }
    path.append(" L" + base);
    return "<path class=\"line\" d=\"" + path + "\"/>" + head(base, end);
  }

  private static String head(Point base, Point end) {
    double x = (end.y() - base.y()) / 2;
    double y = (end.x() - base.x()) / 2;
    return f(
        "<path class=\"head\" d=\"M%s L%s L%s z\"/>",
        end, new Point(base.x() + x, base.y() + y), new Point(base.x() - x, base.y() - y));
  }

  private static List<Point> points(ElkEdgeSection section) {
    List<Point> points = new ArrayList<>();
    points.add(new Point(section.getStartX(), section.getStartY()));
    section.getBendPoints().forEach(bend -> points.add(new Point(bend.getX(), bend.getY())));
    points.add(new Point(section.getEndX(), section.getEndY()));
    return points;
  }

  private record Point(double x, double y) {
    /** Returns the point at a distance from here towards another one, at most half way. */
    Point towards(Point other, double distance) {
      double length = Math.hypot(other.x - x, other.y - y);
      double part = Math.min(distance / length, 0.5);
      return new Point(x + (other.x - x) * part, y + (other.y - y) * part);
    }

    @Override
    public String toString() {
      return number(x) + " " + number(y);
    }
  }

  private static String f(String format, Object... values) {
    Object[] written = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      written[i] = values[i] instanceof Double number ? number(number) : values[i];
    }
    return format.formatted(written);
  }

  /** Formats a number with at most one decimal. */
  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private static final String STYLE = """
      .lifecycle { --paper: #fff; --ink: #1f2328; --soft: #57606a; --line: #6e7781;
        --neutral: #f6f8fa; --neutral-line: #57606a; --busy: #ddf4ff; --busy-line: #0550ae;
        --good: #dafbe1; --good-line: #1a7f37; --bad: #ffebe9; --bad-line: #b42318;
        --rule: #fff; --rule-line: #d0d7de;
        --present: #efe3ff; --taken: #8250df; --last: #6639ba;
        font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
      @media (prefers-color-scheme: dark) {
        .lifecycle { --paper: #0d1117; --ink: #e6edf3; --soft: #9da7b3; --line: #8b949e;
          --neutral: #21262d; --neutral-line: #8b949e; --busy: #10294a; --busy-line: #6f9bd8;
          --good: #12361f; --good-line: #57ab6c; --bad: #4a1614; --bad-line: #ff8a80;
          --rule: #0d1117; --rule-line: #30363d;
          --present: #3a2570; --taken: #a585e8; --last: #c4a3ff; } }
      .lifecycle .paper { fill: var(--paper); }
      .lifecycle text { fill: var(--ink); text-anchor: middle; font-size: 11.5px; }
      .lifecycle .phase text { font-size: 14.5px; font-weight: 600; }
      .lifecycle .event { font-size: 12.5px; font-weight: 600; }
      .lifecycle .guards, .lifecycle .actions { fill: var(--soft); }
      .lifecycle .line { fill: none; stroke: var(--line); stroke-width: 1.3; }
      .lifecycle .head { fill: var(--line); }
      .lifecycle .rule rect { fill: var(--rule); stroke: var(--rule-line); }
      .lifecycle .phase rect { fill: var(--busy); stroke: var(--busy-line);
        stroke-width: 1.3; }
      .lifecycle .resting rect { fill: var(--neutral); stroke: var(--neutral-line);
        stroke-width: 3; }
      .lifecycle [id=phase-success] rect { fill: var(--good); stroke: var(--good-line); }
      .lifecycle [id=phase-rolled_back] rect, .lifecycle [id=phase-failed] rect {
        fill: var(--bad); stroke: var(--bad-line); }
      .lifecycle .legend rect { fill: var(--rule); stroke: var(--soft); stroke-width: 1.3; }
      .lifecycle .legend .resting { stroke-width: 3; }
      .lifecycle .legend .label { stroke: var(--rule-line); }
      .lifecycle .legend text { fill: var(--soft); text-anchor: start; }
      .lifecycle .taken .line { stroke: var(--taken); stroke-width: 2; }
      .lifecycle .taken .head { fill: var(--taken); }
      .lifecycle .taken.rule rect { stroke: var(--taken); }
      .lifecycle .last .line { stroke: var(--last); stroke-width: 3.2; }
      .lifecycle .last .head { fill: var(--last); }
      .lifecycle .last.rule rect { stroke: var(--last); stroke-width: 2; }
      .lifecycle .phase.present rect { fill: var(--present); stroke: var(--last); stroke-width: 3.5; }
      """;
}
