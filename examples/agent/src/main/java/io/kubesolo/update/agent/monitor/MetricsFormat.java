package io.kubesolo.update.agent.monitor;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The formats in which metrics are written. */
public enum MetricsFormat {
  /** The text format of Prometheus. */
  TEXT,
  /** OpenMetrics, in its text format. */
  OPEN_METRICS;

  private static final String OPEN_METRICS_TYPE = "application/openmetrics-text";
  private static final Pattern WEIGHT =
      Pattern.compile("\\s*q\\s*=\\s*(0(?:\\.[0-9]{0,3})?|1(?:\\.0{0,3})?)\\s*");

  /**
   * Returns the format for a client: OpenMetrics, unless the client prefers another media type. It
   * then gets text, which every such client accepts.
   *
   * @param accept the value of an HTTP Accept header; anything that is malformed is ignored
   */
  static MetricsFormat accepted(String accept) {
    double openMetrics = 0;
    double others = 0;
    for (String range : accept.split(",", -1)) {
      String[] parts = range.split(";", -1);
      String type = parts[0].strip().toLowerCase(Locale.ROOT);
      double weight = weight(parts);
      if (type.equals(OPEN_METRICS_TYPE)) {
        openMetrics = Math.max(openMetrics, weight);
      } else if (!type.endsWith("/*")) {
        others = Math.max(others, weight);
      }
    }
    return openMetrics > 0 && openMetrics >= others ? OPEN_METRICS : TEXT;
  }

  private static double weight(String... parts) {
    double weight = 1;
    for (int i = 1; i < parts.length; i++) {
      Matcher given = WEIGHT.matcher(parts[i].toLowerCase(Locale.ROOT));
      if (given.matches()) {
        weight = Double.parseDouble(given.group(1));
      }
    }
    return weight;
  }

  ExpositionFormatWriter writer() {
    ExpositionFormats formats = ExpositionFormats.init();
    return switch (this) {
      case TEXT -> formats.getPrometheusTextFormatWriter();
      case OPEN_METRICS -> formats.getOpenMetricsTextFormatWriter();
    };
  }

  String contentType() {
    return writer().getContentType();
  }
}
