package io.kubesolo.update.agent.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.device.HeldFleetLock;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** The status as metrics for Prometheus. An unknown value has no sample. */
public final class Metrics {
  private static final String PREFIX = "kubesolo_update_";
  private static final double MILLIS = 1e3;
  private static final double NANOS = 1e9;

  private final MetricSnapshots.Builder all = MetricSnapshots.builder();

  private Metrics() {}

  /** Writes metrics of the status in a format. */
  public static String write(Observation observation, MetricsFormat format) {
    Metrics metrics = new Metrics();
    metrics.add(observation);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      format.writer().write(body, metrics.all.build());
    } catch (IOException e) {
      throw new UncheckedIOException("a ByteArrayOutputStream does not throw", e);
    }
    return body.toString(UTF_8);
  }

  private void add(Observation observation) {
    gauge(
        "state_readable",
        "Whether the state file is valid or missing.",
        number(observation.state().isPresent()));
    info("build", "The version of update-agent.", "version", observation.agentVersion());
    observation
        .device()
        .ifPresent(device -> info(
            "running",
            "The version and the slot that run.",
            "version",
            device.version().orElse(""),
            "slot",
            device.slot().letter()));
    observation.waits().ifPresent(this::waits);
    observation.device().map(DeviceStatus::fleetLocks).ifPresent(this::fleetLocks);
    observation.state().ifPresent(status -> {
      add(status);
      observation
          .rebootRequired()
          .ifPresent(required ->
              gauge("reboot_required", "Whether the device is to be rebooted.", number(required)));
    });
  }

  private void add(StatusSnapshot status) {
    UpdateState state = status.state();
    phases(state.phase());
    status.age().forEach(age -> gauge("phase_age_seconds", "Age of the phase.", seconds(age)));
    status
        .limit()
        .forEach(limit ->
            gauge("deadline_seconds", "How long the present phase may last.", seconds(limit)));
    gauge(
        "overdue",
        "Whether the present phase has lasted longer than its deadline.",
        number(status.overdue().isDefined()));
    gauge(
        "attempts", "Attempts made at the present target version.", (double) state.attemptCount());
    gauge("attempts_limit", "Attempts allowed at one version; 0 is no limit.", (double)
        status.settings().maxAttempts());
    gauge(
        "error",
        "Whether there is an error to report.",
        number(state.lastError().isDefined()));
    info(
        "version",
        "The version that ran when the attempt began, and the one it is for.",
        "from_version",
        state.fromVersion().getOrElse(""),
        "to_version",
        state.toVersion().getOrElse(""));
    transitions(state.revision());
    state
        .startedAt()
        .forEach(
            at -> time("started", "When the present attempt began, by the device's clock.", at));
    state
        .updatedAt()
        .forEach(
            at -> time("updated", "When the last event was accepted, by the device's clock.", at));
  }

  private static double number(boolean holds) {
    return holds ? 1 : 0;
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / MILLIS;
  }

  private void phases(Phase present) {
    GaugeSnapshot.Builder phases = GaugeSnapshot.builder()
        .name(PREFIX + "phase")
        .help("The phase of the update: 1 for the present one, 0 for the others.");
    for (Phase phase : Phase.values()) {
      phases.dataPoint(GaugeDataPointSnapshot.builder()
          .labels(Labels.of("phase", phase.wireName()))
          .value(number(phase == present))
          .build());
    }
    all.metricSnapshot(phases.build());
  }

  private void waits(List<ActivationWait> waits) {
    GaugeSnapshot.Builder reasons = GaugeSnapshot.builder()
        .name(PREFIX + "waiting")
        .help("Whether the activation of an update, or the reboot into it, waits for this.");
    for (ActivationWait.Reason reason : ActivationWait.Reason.values()) {
      boolean holds = waits.stream().anyMatch(wait -> wait.reason() == reason);
      reasons.dataPoint(GaugeDataPointSnapshot.builder()
          .labels(Labels.of("reason", reason.label()))
          .value(number(holds))
          .build());
    }
    all.metricSnapshot(reasons.build());
  }

  private void fleetLocks(List<HeldFleetLock> locks) {
    gauge("fleet_lock_held", "Whether the device holds a fleet lock.", number(!locks.isEmpty()));
    GaugeSnapshot.Builder since = GaugeSnapshot.builder()
        .name(PREFIX + "fleet_lock_since_timestamp_seconds")
        .help("When a fleet lock that the device holds was granted, by the device's clock.");
    for (HeldFleetLock held : locks) {
      since.dataPoint(GaugeDataPointSnapshot.builder()
          .labels(Labels.of(
              "url", visible(held.lock().url().toString()), "group", held.lock().group()))
          .value((double) held.since().getEpochSecond())
          .build());
    }
    all.metricSnapshot(since.build());
  }

  private void transitions(long revision) {
    all.metricSnapshot(CounterSnapshot.builder()
        .name(PREFIX + "transitions")
        .help("Accepted events.")
        .dataPoint(CounterDataPointSnapshot.builder().value((double) revision).build())
        .build());
  }

  private void time(String name, String help, Instant at) {
    gauge(name + "_timestamp_seconds", help, (double) at.getEpochSecond() + at.getNano() / NANOS);
  }

  private void gauge(String name, String help, double value) {
    all.metricSnapshot(GaugeSnapshot.builder()
        .name(PREFIX + name)
        .help(help)
        .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
        .build());
  }

  /** Adds an info metric; its labels are names and values in turn. */
  private void info(String name, String help, String... labels) {
    String[] visible = labels.clone();
    for (int i = 1; i < visible.length; i += 2) {
      visible[i] = visible(visible[i]);
    }
    all.metricSnapshot(InfoSnapshot.builder()
        .name(PREFIX + name)
        .help(help)
        .dataPoint(InfoDataPointSnapshot.builder().labels(Labels.of(visible)).build())
        .build());
  }

  /**
   * Escapes control characters, which a terminal would act on, as {@code \}{@code u00xx}. A line
   * feed stays, because the format has an escape of its own for it.
   */
  private static String visible(String value) {
    return value
        .chars()
        .mapToObj(each -> Character.isISOControl(each) && each != '\n'
            ? "\\u00" + Integer.toHexString(0x100 + each).substring(1)
            : Character.toString(each))
        .collect(Collectors.joining());
  }
}
