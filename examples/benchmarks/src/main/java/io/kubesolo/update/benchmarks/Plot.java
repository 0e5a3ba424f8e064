package io.kubesolo.update.benchmarks;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.io.StringWriter;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGGraphics2DIOException;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;
import org.w3c.dom.Document;

/**
 * A section's results in their first unit as a picture: a dot for each median with a line from low
 * to high, on a logarithmic axis. It follows the reader's choice of a light or a dark page.
 */
final class Plot {
  private static final Color PAPER = new Color(1, 1, 1);
  private static final Color INK = new Color(2, 2, 2);
  private static final Color GRID = new Color(3, 3, 3);
  private static final Color DOT = new Color(4, 4, 4);

  private static final String STYLE = """
      <style>
      svg { --paper: #fff; --ink: #1f2328; --grid: #d0d7de; --dot: #0b62c4; }
      @media (prefers-color-scheme: dark) {
        svg { --paper: #0d1117; --ink: #e6edf3; --grid: #30363d; --dot: #6cb0ff; } }
      </style>
      """;

  private static final int WIDTH = 820;
  private static final int ROW = 30;
  private static final int FRAME = 80;
  private static final double ROOM_FOR_LABELS = 0.33;
  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 14);

  private Plot() {}

  static String of(List<Result> section) {
    String unit = section.get(0).unit();
    List<Result> shown =
        section.stream().filter(result -> result.unit().equals(unit)).toList();
    JFreeChart chart = new JFreeChart(null, FONT, plot(shown, unit), false);
    chart.setBackgroundPaint(PAPER);
    chart.setPadding(new RectangleInsets(8, 8, 8, 32));
    return draw(chart, FRAME + ROW * shown.size());
  }

  private static XYPlot plot(List<Result> shown, String unit) {
    XYIntervalSeries series = new XYIntervalSeries(unit);
    for (int row = 0; row < shown.size(); row++) {
      Result result = shown.get(row);
      series.add(result.median(), result.low(), result.high(), row, row, row);
    }
    XYIntervalSeriesCollection data = new XYIntervalSeriesCollection();
    data.addSeries(series);
    XYPlot plot = new XYPlot(data, values(shown, unit), subjects(shown), dots());
    plot.setBackgroundPaint(PAPER);
    plot.setOutlineVisible(false);
    plot.setDomainGridlinePaint(GRID);
    plot.setDomainGridlineStroke(new BasicStroke(1));
    plot.setRangeGridlinesVisible(false);
    for (int row = 0; row < shown.size(); row++) {
      plot.addAnnotation(label(shown, row));
    }
    return plot;
  }

  private static LogAxis values(List<Result> shown, String unit) {
    double least = shown.stream().mapToDouble(Result::low).min().orElse(1);
    double most = shown.stream().mapToDouble(Result::high).max().orElse(1);
    double base = most / least < 20 ? 2 : 10;
    double start = Math.pow(base, Math.floor(Math.log(least) / Math.log(base)));
    LogAxis axis = new LogAxis(unit + ", on a logarithmic scale; less is better");
    axis.setBase(base);
    axis.setRange(start, start * Math.pow(Math.max(most / start, base), 1 / (1 - ROOM_FOR_LABELS)));
    axis.setTickUnit(new NumberTickUnit(1));
    axis.setNumberFormatOverride(new Digits());
    axis.setMinorTickMarksVisible(false);
    paint(axis);
    return axis;
  }

  private static SymbolAxis subjects(List<Result> shown) {
    String[] names = shown.stream().map(Result::subject).toArray(String[]::new);
    SymbolAxis axis = new SymbolAxis(null, names);
    axis.setInverted(true);
    axis.setGridBandsVisible(false);
    paint(axis);
    return axis;
  }

  private static void paint(ValueAxis axis) {
    axis.setTickLabelFont(FONT);
    axis.setLabelFont(FONT);
    axis.setTickLabelPaint(INK);
    axis.setLabelPaint(INK);
    axis.setAxisLinePaint(GRID);
    axis.setTickMarkPaint(GRID);
  }

  private static XYErrorRenderer dots() {
    XYErrorRenderer renderer = new XYErrorRenderer();
    renderer.setDrawYError(false);
    renderer.setSeriesShape(0, new Ellipse2D.Double(-5, -5, 10, 10));
    renderer.setSeriesPaint(0, DOT);
    renderer.setErrorStroke(new BasicStroke(2));
    return renderer;
  }

  private static XYTextAnnotation label(List<Result> shown, int row) {
    Result result = shown.get(row);
    String ratio = Table.ratio(shown, result).map(times -> " (x " + times + ")").getOrElse("");
    XYTextAnnotation label =
        new XYTextAnnotation("     " + Table.number(result.median()) + ratio, result.high(), row);
    label.setTextAnchor(TextAnchor.CENTER_LEFT);
    label.setFont(FONT);
    label.setPaint(INK);
    return label;
  }

  private static String draw(JFreeChart chart, int height) {
    try {
      Document document = DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument("http://www.w3.org/2000/svg", "svg", null);
      SVGGraphics2D graphics = new SVGGraphics2D(document);
      graphics.setSVGCanvasSize(new Dimension(WIDTH, height));
      chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height));
      StringWriter svg = new StringWriter();
      graphics.stream(svg, true);
      return themed(svg.toString());
    } catch (ParserConfigurationException | SVGGraphics2DIOException e) {
      throw new IllegalStateException("the plot cannot be drawn", e);
    }
  }

  private static String themed(String svg) {
    int root = svg.indexOf("<svg");
    int body = svg.indexOf('>', root) + 1;
    return (svg.substring(root, body) + "\n" + STYLE + svg.substring(body))
        .replace("rgb(1,1,1)", "var(--paper)")
        .replace("rgb(2,2,2)", "var(--ink)")
        .replace("rgb(3,3,3)", "var(--grid)")
        .replace("rgb(4,4,4)", "var(--dot)");
  }
}
