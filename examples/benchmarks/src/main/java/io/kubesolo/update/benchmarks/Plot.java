package io.kubesolo.update.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * A section's results in their first unit as an SVG: a dot for each median with a line from low to
 * high, on a logarithmic axis. It follows the reader's choice of a light or a dark page.
 */
final class Plot {
  private static final int LEFT = 280;
  private static final int RIGHT = 640;
  private static final int ROW = 30;

  private final StringBuilder svg = new StringBuilder();
  private final List<Result> shown;
  private final double base;
  private final double first;
  private final double last;

  private Plot(List<Result> section) {
    String unit = section.get(0).unit();
    shown = section.stream().filter(result -> result.unit().equals(unit)).toList();
    double least = shown.stream().mapToDouble(Result::low).min().orElse(1);
    double most = shown.stream().mapToDouble(Result::high).max().orElse(1);
    base = most / least < 20 ? 2 : 10;
    first = Math.floor(log(least));
    last = Math.max(Math.ceil(log(most)), first + 1);
  }

  static String of(List<Result> section) {
    return new Plot(section).draw();
  }

  private String draw() {
    int bottom = ROW * shown.size() + 10;
    add("""
        <svg xmlns="http://www.w3.org/2000/svg" width="820" height="%d">
        <style>
        svg { --paper: #fff; --ink: #1f2328; --grid: #d0d7de; --dot: #0b62c4; }
        @media (prefers-color-scheme: dark) {
          svg { --paper: #0d1117; --ink: #e6edf3; --grid: #30363d; --dot: #6cb0ff; } }
        rect { fill: var(--paper); }
        text { fill: var(--ink); font: 14px sans-serif; }
        .subject { text-anchor: end; }
        .axis { text-anchor: middle; }
        .grid { stroke: var(--grid); }
        .range { stroke: var(--dot); stroke-width: 2; }
        circle { fill: var(--dot); }
        </style>
        <rect width="100%%" height="100%%"/>
        """, bottom + 60);
    for (double power = first; power <= last; power++) {
      double tick = Math.pow(base, power);
      line("grid", x(tick), 10, x(tick), bottom);
      text("axis", x(tick), bottom + 20, Table.number(tick));
    }
    String title = shown.get(0).unit() + ", on a logarithmic scale; less is better";
    text("axis", (LEFT + RIGHT) / 2, bottom + 45, title);
    for (int row = 0; row < shown.size(); row++) {
      draw(shown.get(row), 10 + ROW * row + ROW / 2);
    }
    return svg.append("</svg>\n").toString();
  }

  private void draw(Result result, int y) {
    text("subject", LEFT - 10, y + 5, result.subject());
    line("range", x(result.low()), y, x(result.high()), y);
    add("<circle cx=\"%.1f\" cy=\"%d\" r=\"5\"/>\n", x(result.median()), y);
    String label = Table.number(result.median()) + " (x " + Table.ratio(shown, result) + ")";
    text("label", x(result.high()) + 12, y + 5, label);
  }

  private double log(double value) {
    return Math.log(value) / Math.log(base);
  }

  private double x(double value) {
    return LEFT + (log(value) - first) / (last - first) * (RIGHT - LEFT);
  }

  private void line(String style, double x1, int y1, double x2, int y2) {
    add(
        "<line class=\"%s\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>\n",
        style, x1, y1, x2, y2);
  }

  private void text(String style, double x, int y, String content) {
    String escaped = content.replace("&", "&amp;").replace("<", "&lt;");
    add("<text class=\"%s\" x=\"%.1f\" y=\"%d\">%s</text>\n", style, x, y, escaped);
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
