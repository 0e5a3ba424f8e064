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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.event.EventListener;

/**
 * The state as meters of Micrometer, whose names in Prometheus are those of {@code update-agent}.
 * They change at each transition of this process, and at each scheduled read. An unknown value has
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

  /** The present values, which the registered gauges read. */
  private volatile Map<Sample, Double> values = Map.of();

  /**
   * One line of Prometheus.
   *
   * @param name the name of the gauge, without the prefix
   * @param tags the labels
   */
  private record Sample(String name, Tags tags) {}

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

    /** Adds the gauges that have a value now, and removes those that have none. */
    void update(Map<Sample, Double> present) {
      gauges.forEach((name, gauge) -> gauge.register(present.keySet().stream()
          .filter(sample -> sample.name().equals(name))
          .<Row<?>>map(sample -> Row.of(sample.tags(), () -> value(sample)))
          .toList()));
      boolean readable = present.size() > 1;
      if (readable && transitions.isEmpty()) {
        transitions = Option.some(FunctionCounter.builder(
                PREFIX + "transitions", lifecycle, read -> read.state().revision())
            .description("Accepted events.")
            .register(registry));
      } else if (!readable) {
        transitions.forEach(registry::remove);
        transitions = Option.none();
      }
    }
  }

  private double value(Sample sample) {
    return values.getOrDefault(sample, Double.NaN);
  }

  @Override
  public synchronized void bindTo(MeterRegistry registry) {
    registries.add(new Bound(registry));
    update(lifecycle.refresh());
  }

  @EventListener
  void on(Transition transition) {
    update(Either.right(lifecycle.state()));
  }

  @EventListener
  void on(StateRead read) {
    update(read.state().map(state -> lifecycle.state()));
  }

  private synchronized void update(Either<StoreFailure, UpdateState> read) {
    Map<Sample, Double> present = new HashMap<>();
    put(present, "state.readable", number(read.isRight()));
    read.peek(state -> put(present, state));
    values = present;
    registries.forEach(registry -> registry.update(present));
  }

  private void put(Map<Sample, Double> present, UpdateState state) {
    for (Phase phase : Phase.values()) {
      present.put(
          new Sample("phase", Tags.of("phase", phase.wireName())), number(phase == state.phase()));
    }
    Deadlines.age(state, settings.boot().get())
        .filter(age -> state.revision() > 0)
        .forEach(age -> put(present, "phase.age.seconds", seconds(age)));
    settings
        .deadlines()
        .limit(state.phase())
        .forEach(limit -> put(present, "deadline.seconds", seconds(limit)));
    put(present, "overdue", number(lifecycle.overdue().isDefined()));
    put(present, "attempts", (double) state.attemptCount());
    put(present, "attempts.limit", (double) settings.maxAttempts());
    put(present, "error", number(state.lastError().isDefined()));
    Tags versions = Tags.of(
        "from_version", state.fromVersion().getOrElse(""),
        "to_version", state.toVersion().getOrElse(""));
    present.put(new Sample("version.info", versions), 1.0);
    state.startedAt().forEach(at -> put(present, "started.timestamp.seconds", seconds(at)));
    state.updatedAt().forEach(at -> put(present, "updated.timestamp.seconds", seconds(at)));
  }

  private static void put(Map<Sample, Double> present, String name, double value) {
    present.put(new Sample(name, Tags.empty()), value);
  }

  private static double number(boolean holds) {
    return holds ? 1 : 0;
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  private static double seconds(Instant time) {
    return time.getEpochSecond() + time.getNano() / 1e9;
  }
}
