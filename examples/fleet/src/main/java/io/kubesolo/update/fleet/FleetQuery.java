package io.kubesolo.update.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.kubesolo.update.core.Phase;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.DataClassRowMapper;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.BindParam;

/** Lists and counts devices by the columns of their rows. */
@Component
final class FleetQuery {
  /**
   * A moment in the past, by a number of milliseconds, on the database's clock, which sets
   * all times.
   */
  static final String AGO = "CURRENT_TIMESTAMP - CAST(? AS BIGINT) * INTERVAL '0.001' SECOND";

  private static final String AGE =
      "CASE WHEN updated_at > CURRENT_TIMESTAMP - INTERVAL '1' HOUR THEN 'under 1h'"
          + " WHEN updated_at > CURRENT_TIMESTAMP - INTERVAL '24' HOUR THEN '1h to 1d'"
          + " WHEN updated_at > CURRENT_TIMESTAMP - INTERVAL '168' HOUR THEN '1d to 7d'"
          + " ELSE 'over 7d' END";

  /** The keys by which devices are counted, and the expression for each. */
  private static final Map<String, String> KEYS =
      Map.of("phase", "phase", "version", "to_version", "error", "failed", "age", AGE);

  private static final Duration MAX_AGE = Duration.ofDays(365_000);

  private final JdbcTemplate database;
  private final Map<Phase, Duration> limits;

  FleetQuery(JdbcTemplate database, FleetProperties properties, Schema schema) {
    this.database = database;
    this.limits = properties.limits().limits();
  }

  /** A filter for devices; a null member matches all. {@code search} is a part of the id. */
  record Filter(
      @Nullable String phase,
      @Nullable String version,
      @Nullable Boolean error,
      @BindParam("min_age") @Nullable Duration minAge,
      @Nullable Boolean overdue,
      @Nullable String search) {
    static final Filter ALL = new Filter(null, null, null, null, null, null);
    static final Filter OVERDUE = new Filter(null, null, null, null, true, null);

    static Filter in(String phase) {
      return new Filter(phase, null, null, null, null, null);
    }
  }

  /** The condition of a query, with the values of its parameters. */
  private record Sql(StringBuilder text, List<Object> values) {
    /** Adds a condition, unless its value is null. */
    void and(String condition, @Nullable Object value) {
      if (value != null) {
        and(condition, List.of(value));
      }
    }

    void and(String condition, List<Object> more) {
      if (more.toString().indexOf('\0') >= 0) {
        throw new IllegalArgumentException("a parameter holds the character U+0000");
      }
      text.append(text.isEmpty() ? " WHERE " : " AND ").append(condition);
      values.addAll(more);
    }
  }

  /** Some of the devices, and the last id of them if there may be more. */
  @JsonNaming(SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Page(List<Row> devices, @Nullable String nextAfter) {}

  /** A device in a list. */
  @JsonNaming(SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Row(
      String id,
      long revision,
      String phase,
      @Nullable String toVersion,
      boolean error,
      @Nullable OffsetDateTime updatedAt,
      @Nullable Long ageS) {}

  /** Returns devices in the order of their ids, after one of them. */
  Page list(Filter filter, String after, int limit) {
    Sql where = where(filter);
    where.and("id > ?", after);
    where.values().add(limit);
    List<Row> devices = database.query(
        "SELECT id, revision, phase, to_version, failed AS error, updated_at, CAST(FLOOR(EXTRACT("
            + "EPOCH FROM GREATEST(CURRENT_TIMESTAMP, updated_at) - updated_at)) AS BIGINT) AS age_s"
            + " FROM update_state" + where.text() + " ORDER BY id LIMIT ?",
        DataClassRowMapper.newInstance(Row.class),
        where.values().toArray());
    return new Page(
        devices, devices.size() < limit ? null : devices.get(limit - 1).id());
  }

  /** Returns how many devices there are for each combination of the keys' values. */
  List<Map<String, Object>> count(Filter filter, List<String> by) {
    if (!KEYS.keySet().containsAll(by)) {
      throw new IllegalArgumentException("by is one or more of phase, version, error, age");
    }
    Sql where = where(filter);
    String columns =
        by.stream().map(key -> KEYS.get(key) + " AS " + key + ", ").collect(Collectors.joining());
    String keys = String.join(", ", by);
    List<Map<String, Object>> rows = database.queryForList(
        "SELECT " + (keys.isEmpty() ? "" : keys + ", ") + "COUNT(*) AS devices FROM (SELECT "
            + columns + "id FROM update_state" + where.text() + ") each_device"
            + (keys.isEmpty() ? "" : " GROUP BY " + keys + " ORDER BY " + keys),
        where.values().toArray());
    rows.forEach(row -> row.values().removeIf(Objects::isNull));
    return rows;
  }

  private Sql where(Filter filter) {
    Sql where = new Sql(new StringBuilder(), new ArrayList<>());
    if (filter.phase() != null) {
      Phase phase = Phase.ofWireName(filter.phase())
          .getOrElseThrow(() -> new IllegalArgumentException("phase is not a phase"));
      where.and("phase = ?", phase.wireName());
    }
    where.and("to_version = ?", filter.version());
    where.and("failed = ?", filter.error());
    if (filter.minAge() != null) {
      if (filter.minAge().isNegative() || filter.minAge().compareTo(MAX_AGE) > 0) {
        throw new IllegalArgumentException("min_age is not between 0 and " + MAX_AGE);
      }
      where.and("updated_at <= " + AGO, filter.minAge().toMillis());
    }
    if (filter.overdue() != null) {
      List<Object> values = new ArrayList<>();
      limits.forEach(
          (phase, limit) -> Collections.addAll(values, phase.wireName(), limit.toMillis()));
      String late =
          "FALSE" + (" OR (phase = ? AND updated_at < " + AGO + ")").repeat(limits.size());
      where.and((filter.overdue() ? "(" : "NOT (") + late + ")", values);
    }
    where.and("POSITION(LOWER(?) IN LOWER(id)) > 0", filter.search());
    return where;
  }
}
