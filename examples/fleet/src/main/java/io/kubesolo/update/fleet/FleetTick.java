package io.kubesolo.update.fleet;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.fleet.FleetQuery.Filter;
import io.kubesolo.update.fleet.FleetQuery.Page;
import io.kubesolo.update.fleet.FleetQuery.Row;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Ends overdue phases, and deletes old transitions, at intervals. Every instance of the service
 * does it; because of the revision, only one of them ends a phase.
 */
@Component
final class FleetTick {
  private static final Logger LOG = LoggerFactory.getLogger(FleetTick.class);
  private static final int PAGE = 500;

  private final FleetQuery query;
  private final Devices devices;
  private final TransitionLog log;
  private final FleetProperties properties;

  FleetTick(FleetQuery query, Devices devices, TransitionLog log, FleetProperties properties) {
    this.query = query;
    this.devices = devices;
    this.log = log;
    this.properties = properties;
  }

  @Scheduled(fixedDelayString = "${fleet.tick-interval:30s}")
  void tick() {
    try {
      endOverdue();
      log.deleteOlderThan(properties.transitionsKept());
    } catch (DataAccessException e) {
      LOG.warn("overdue phases are not ended: {}", e.getMessage());
    }
  }

  /** Tries to end all overdue phases, also if some of them cannot be ended. */
  private void endOverdue() {
    List<Rejection> refused = new ArrayList<>();
    String last = "";
    while (last != null) {
      Page page = query.list(Filter.OVERDUE, last, PAGE);
      for (Row late : page.devices()) {
        devices.end(late.id()).filter(reason -> !(reason instanceof Stale)).forEach(refused::add);
      }
      last = page.nextAfter();
    }
    if (!refused.isEmpty()) {
      LOG.warn("{} phases were not ended: {}", refused.size(), refused.get(0).message());
    }
  }
}
