package io.kubesolo.update.boot;

import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.event.EventListener;

/**
 * The state as meters of Micrometer, whose names in Prometheus are those of {@code update-agent}. They
 * change at each transition of this process, and at each reading on schedule. What is not known has
 * no meter; if the state cannot be read, only {@code kubesolo_update_state_readable} remains.
 *
 * <p>Safe for use by several threads.
 */
final class UpdateMetrics implements MeterBinder {
  private static final String PREFIX = "kubesolo.update.";
  private static final Map<String, String> GAUGES = gauges();

  private final UpdateLifecycle lifecycle;
  private final LifecycleSettings settings;
  private final List<Bound> registries = new ArrayList<>();

  UpdateMetrics(UpdateLifecycle lifecycle, LifecycleSettings settings) {
    this.lifecycle = lifecycle;
    this.settings = settings;
  }

  private static Map<String, String> gauges() {
    Map<String, String> gauges = new LinkedHashMap<>();
    gauges.put("state.readable", "Whether the state file is valid or missing.");
    gauges.put("phase", "The phase of the update: 1 for the present one, 0 for the others.");
    gauges.put("phase.age.seconds", "Age of the phase.");
    gauges.put("deadline.seconds", "How long the present phase may last.");
    gauges.put("overdue", "Whether the present phase has lasted longer than its deadline.");
    gauges.put("attempts", "Attempts made at the present target version.");
    gauges.put("attempts.limit", "Attempts allowed at one version; 0 is no limit.");
    gauges.put("error", "Whether there is an error to report.");
    gauges.put(
        "version.info", "The version that ran when the attempt began, and the one it is for.");
    gauges.put(
        "started.timestamp.seconds", "When the present attempt began, by the device's clock.");
    gauges.put(
        "updated.timestamp.seconds", "When the last event was accepted, by the device's clock.");
    return gauges;
  }

  /** The meters in one registry. */
  private final class Bound {
    private final MeterRegistry registry;
    private final Map<String, MultiGauge> gauges = new LinkedHashMap<>();
    private Option<FunctionCounter> transitions = Option.none();

    Bound(MeterRegistry registry) {
      this.registry = registry;
      GAUGES.forEach((name, help) ->
          gauges.put(name, MultiGauge.builder(PREFIX + name).description(help).register(registry)));
    }

    void update(Map<String, List<Row<?>>> rows) {
      gauges.forEach((name, gauge) -> gauge.register(rows.getOrDefault(name, List.of()), true));
      if (rows.size() > 1 && transitions.isEmpty()) {
        transitions = Option.some(FunctionCounter.builder(
                PREFIX + "transitions", lifecycle, read -> read.state().revision())
            .description("Accepted events.")
            .register(registry));
      } else if (rows.size() == 1) {
        transitions.forEach(registry::remove);
        transitions = Option.none();
      }
    }
  }

  @Override
  public synchronized void bindTo(MeterRegistry registry) {
    Bound bound = new Bound(registry);
    registries.add(bound);
    bound.update(rows(lifecycle.refresh()));
  }

  @EventListener
  void on(Transition transition) {
    update(Either.right(lifecycle.state()));
  }

  @EventListener
  void on(StateRead read) {
    update(read.state().map(state -> lifecycle.state()));
  }

  private synchronized void update(Either<StoreFailure, UpdateState> state) {
    Map<String, List<Row<?>>> rows = rows(state);
    registries.forEach(registry -> registry.update(rows));
  }

  private Map<String, List<Row<?>>> rows(Either<StoreFailure, UpdateState> read) {
    Map<String, List<Row<?>>> rows = new LinkedHashMap<>();
    put(rows, "state.readable", read.isRight() ? 1 : 0);
    read.peek(state -> put(rows, state));
    return rows;
  }

  private void put(Map<String, List<Row<?>>> rows, UpdateState state) {
    List<Row<?>> phases = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      phases.add(Row.of(Tags.of("phase", phase.wireName()), phase == state.phase() ? 1 : 0));
    }
    rows.put("phase", phases);
    Deadlines.age(state, settings.boot().get())
        .filter(age -> state.revision() > 0)
        .forEach(age -> put(rows, "phase.age.seconds", seconds(age)));
    Option<Duration> limit = settings.deadlines().limit(state.phase());
    limit.forEach(most -> put(rows, "deadline.seconds", seconds(most)));
    put(rows, "overdue", lifecycle.overdue().isDefined() ? 1 : 0);
    put(rows, "attempts", state.attemptCount());
    put(rows, "attempts.limit", settings.maxAttempts());
    put(rows, "error", state.lastError().isDefined() ? 1 : 0);
    Tags versions = Tags.of(
        "from_version", state.fromVersion().getOrElse(""),
        "to_version", state.toVersion().getOrElse(""));
    rows.put("version.info", List.of(Row.of(versions, 1)));
    state.startedAt().forEach(at -> put(rows, "started.timestamp.seconds", seconds(at)));
    state.updatedAt().forEach(at -> put(rows, "updated.timestamp.seconds", seconds(at)));
  }

  private static void put(Map<String, List<Row<?>>> rows, String name, Number value) {
    rows.put(name, List.of(Row.of(Tags.empty(), value)));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  private static double seconds(Instant time) {
    return time.getEpochSecond() + time.getNano() / 1e9;
  }
}
