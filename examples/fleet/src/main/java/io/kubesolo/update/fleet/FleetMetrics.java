package io.kubesolo.update.fleet;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.fleet.FleetQuery.Filter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** How many devices are in each phase, counted by the database at most once a second. */
@Component
final class FleetMetrics implements MeterBinder {
  private static final long FRESH_NANOS = 1_000_000_000;

  private final FleetQuery query;
  private final Map<String, Long> counts = new HashMap<>();
  private long countedAt = System.nanoTime() - FRESH_NANOS;

  FleetMetrics(FleetQuery query) {
    this.query = query;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (Phase phase : Phase.values()) {
      Gauge.builder("kubesolo.fleet.devices", () -> count(phase))
          .description("Devices in each phase.")
          .tag("phase", phase.wireName())
          .register(registry);
    }
  }

  private synchronized long count(Phase phase) {
    if (System.nanoTime() - countedAt >= FRESH_NANOS) {
      counts.clear();
      query
          .count(Filter.ALL, List.of("phase"))
          .forEach(row -> counts.put((String) row.get("phase"), (Long) row.get("devices")));
      countedAt = System.nanoTime();
    }
    return counts.getOrDefault(phase.wireName(), 0L);
  }
}
