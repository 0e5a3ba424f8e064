package io.kubesolo.update.agent.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsFormatTest {
  private static final String PROTOBUF = "application/vnd.google.protobuf"
      + ";proto=io.prometheus.client.MetricFamily;encoding=delimited";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/openmetrics-text",
        "Application/OpenMetrics-Text; version=1.0.0; charset=utf-8",
        "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;q=0.2",
        "text/plain;q=0.3, application/openmetrics-text;q=0.3",
        "application/openmetrics-text;q=0.001,*/*",
        "garbage;q=0, application/openmetrics-text"
      })
  void isOpenMetricsForAClientThatPrefersIt(String accept) {
    assertThat(MetricsFormat.accepted(accept)).isEqualTo(MetricsFormat.OPEN_METRICS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "*/*",
        "text/*",
        "text/plain;version=0.0.4",
        "text/html,application/xhtml+xml,*/*;q=0.8",
        "garbage;;q=x",
        ";;;,,,q=,;q",
        "application/openmetrics-text;q=0",
        "application/openmetrics-text;q=0.000, text/plain;q=0.1",
        "application/openmetrics-text;q=0.4,text/plain",
        "application/openmetrics-text-2",
        "application/json"
      })
  void isTextForEveryOtherClient(String accept) {
    assertThat(MetricsFormat.accepted(accept)).isEqualTo(MetricsFormat.TEXT);
  }

  @Test
  void isTextForAClientThatPrefersAnUnavailableFormat() {
    assertThat(MetricsFormat.accepted(PROTOBUF)).isEqualTo(MetricsFormat.TEXT);
    assertThat(MetricsFormat.accepted(PROTOBUF + ";q=0.6,text/plain;version=0.0.4;q=0.2"))
        .isEqualTo(MetricsFormat.TEXT);
    assertThat(MetricsFormat.accepted(
            PROTOBUF + ";q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1"))
        .isEqualTo(MetricsFormat.TEXT);
  }
}
