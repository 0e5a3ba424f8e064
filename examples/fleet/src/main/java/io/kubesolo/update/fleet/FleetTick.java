package io.kubesolo.update.fleet;

import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Stale;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Ends overdue phases, at intervals. Every instance of the service does it; the revision lets only
 * one of them end a phase.
 */
@Component
final class FleetTick {
  private static final Logger LOG = LoggerFactory.getLogger(FleetTick.class);
  private static final int MOST_AT_ONCE = 500;

  private final FleetQuery query;
  private final Devices devices;
  private final Map<Phase, Duration> limits = new EnumMap<>(Phase.class);

  FleetTick(FleetQuery query, Devices devices, FleetProperties properties) {
    this.query = query;
    this.devices = devices;
    Deadlines deadlines = properties.limits();
    for (Phase phase : Phase.values()) {
      deadlines.limit(phase).forEach(limit -> limits.put(phase, limit));
    }
  }

  @Scheduled(fixedDelayString = "${fleet.tick-interval:30s}")
  void tick() {
    try {
      query.overdue(limits, MOST_AT_ONCE).forEach(this::end);
    } catch (DataAccessException e) {
      LOG.warn("overdue phases are not ended: {}", e.getMessage());
    }
  }

  private void end(String id) {
    devices
        .end(id)
        .filter(answer -> answer.isLeft() && !(answer.getLeft() instanceof Stale))
        .forEach(answer -> warn(answer.getLeft()));
  }

  private static void warn(Rejection rejection) {
    LOG.warn("an overdue phase was not ended: {}", rejection.message());
  }
}
