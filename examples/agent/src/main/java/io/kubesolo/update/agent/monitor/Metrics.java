package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.UpdateState;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where the update stands, as metrics for Prometheus. */
public final class Metrics {
  private static final String PREFIX = "kubesolo_update_";

  private Metrics() {}

  /**
   * Metrics in one of the formats of Prometheus.
   *
   * @param contentType the media type of the format
   * @param text the metrics
   */
  public record Exposition(String contentType, String text) {}

  /**
   * Writes metrics.
   *
   * @param look what was read of the state
   * @param accept the media types that the reader takes, as in HTTP; null for Prometheus text
   */
  public static Exposition expose(
      Either<StoreFailure, StatusSnapshot> look, @Nullable String accept) {
    ExpositionFormatWriter writer = ExpositionFormats.init().findWriter(accept);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      writer.write(body, snapshots(look));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Exposition(writer.getContentType(), body.toString(UTF_8));
  }

  private static MetricSnapshots snapshots(Either<StoreFailure, StatusSnapshot> look) {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    all.metricSnapshot(gauge(
        "state_readable", "Whether the state file is valid or missing.", number(look.isRight())));
    look.peek(standing -> describe(standing, all));
    return all.build();
  }

  private static double number(boolean holds) {
    return holds ? 1 : 0;
  }

  private static void describe(StatusSnapshot standing, MetricSnapshots.Builder all) {
    UpdateState state = standing.state();
    all.metricSnapshot(phases(state.phase()))
        .metricSnapshot(versions(state))
        .metricSnapshot(gauge("attempts", "Attempts made at the present target version.", (double)
            state.attemptCount()))
        .metricSnapshot(
            gauge("attempts_limit", "Attempts allowed at one version; 0 is no limit.", (double)
                standing.settings().maxAttempts()))
        .metricSnapshot(transitions(state))
        .metricSnapshot(gauge(
            "error",
            "Whether there is an error to report.",
            number(state.lastError().isDefined())))
        .metricSnapshot(gauge(
            "overdue",
            "Whether the present phase has lasted longer than its deadline.",
            number(standing.overdue().isDefined())));
    time("started", "When the present attempt began, by the device's clock.", state.startedAt())
        .forEach(all::metricSnapshot);
    time("updated", "When the last event was accepted, by the device's clock.", state.updatedAt())
        .forEach(all::metricSnapshot);
  }

  private static GaugeSnapshot phases(Phase present) {
    GaugeSnapshot.Builder phases = GaugeSnapshot.builder()
        .name(PREFIX + "phase")
        .help("Where the update stands: 1 for the present phase, 0 for the others.");
    for (Phase phase : Phase.values()) {
      phases.dataPoint(GaugeDataPointSnapshot.builder()
          .labels(Labels.of("phase", phase.wireName()))
          .value(phase == present ? 1 : 0)
          .build());
    }
    return phases.build();
  }

  private static InfoSnapshot versions(UpdateState state) {
    return InfoSnapshot.builder()
        .name(PREFIX + "version")
        .help("The version that ran when the attempt began, and the one it is for.")
        .dataPoint(InfoDataPointSnapshot.builder()
            .labels(Labels.of(
                "from_version", state.fromVersion().getOrElse(""),
                "to_version", state.toVersion().getOrElse("")))
            .build())
        .build();
  }

  private static CounterSnapshot transitions(UpdateState state) {
    return CounterSnapshot.builder()
        .name(PREFIX + "transitions")
        .help("Accepted events.")
        .dataPoint(
            CounterDataPointSnapshot.builder().value((double) state.revision()).build())
        .build();
  }

  private static Option<GaugeSnapshot> time(String what, String help, Option<Instant> at) {
    return at.map(instant -> gauge(
        what + "_timestamp_seconds",
        help,
        (double) instant.getEpochSecond() + instant.getNano() / 1e9));
  }

  private static GaugeSnapshot gauge(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name(PREFIX + name)
        .help(help)
        .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
        .build();
  }
}
