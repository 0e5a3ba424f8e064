package io.kubesolo.update.fleet;

import io.kubesolo.update.fleet.FleetQuery.CountKey;
import io.kubesolo.update.fleet.FleetQuery.Filter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The fleet: lists and counts of devices. */
@RestController
final class FleetController {
  private static final int MAX_LIMIT = 1000;

  private final FleetQuery query;

  FleetController(FleetQuery query) {
    this.query = query;
  }

  @GetMapping("/devices")
  Map<String, Object> list(
      @RequestParam(name = "phase", required = false) @Nullable String phase,
      @RequestParam(name = "version", required = false) @Nullable String version,
      @RequestParam(name = "error", required = false) @Nullable Boolean error,
      @RequestParam(name = "min_age", required = false) @Nullable String minAge,
      @RequestParam(name = "after", required = false) @Nullable String after,
      @RequestParam(name = "limit", defaultValue = "100") int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("limit is 1 to " + MAX_LIMIT);
    }
    List<Map<String, Object>> devices =
        query.list(new Filter(phase, version, error, minAge), after, limit);
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("devices", devices);
    if (devices.size() == limit) {
      page.put("next_after", devices.get(limit - 1).get("id"));
    }
    return page;
  }

  @GetMapping("/counts")
  Map<String, Object> count(
      @RequestParam(name = "by", defaultValue = "phase") List<String> by,
      @RequestParam(name = "phase", required = false) @Nullable String phase,
      @RequestParam(name = "version", required = false) @Nullable String version,
      @RequestParam(name = "error", required = false) @Nullable Boolean error,
      @RequestParam(name = "min_age", required = false) @Nullable String minAge) {
    List<CountKey> keys = by.stream().map(CountKey::of).distinct().toList();
    return Map.of("counts", query.count(new Filter(phase, version, error, minAge), keys));
  }
}
