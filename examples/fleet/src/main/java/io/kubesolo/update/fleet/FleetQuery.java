package io.kubesolo.update.fleet;

import io.kubesolo.update.core.Phase;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.BindParam;

/** Lists and counts devices by the columns of their rows. */
@Component
final class FleetQuery {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WEEK = Duration.ofDays(7);
  private static final Duration MAX_AGE = Duration.ofDays(365_000);

  private final JdbcTemplate database;
  private final Map<Phase, Duration> limits;

  FleetQuery(JdbcTemplate database, FleetProperties properties, Schema schema) {
    this.database = database;
    this.limits = properties.limits().limits();
  }

  /** Which devices are meant; what is null is not asked for. {@code search} is a part of the id. */
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

  /** What devices are counted by. */
  enum CountKey {
    PHASE,
    VERSION,
    ERROR,
    AGE;

    /** Returns the key of a name. */
    static CountKey of(String name) {
      return Stream.of(values())
          .filter(key -> key.label().equals(name))
          .findFirst()
          .orElseThrow(() ->
              new IllegalArgumentException("by is one or more of phase, version, error, age"));
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A condition of a query, or a list of columns, with the values of its parameters. */
  private record Sql(StringBuilder text, List<Object> values) {
    Sql() {
      this(new StringBuilder(), new ArrayList<>());
    }

    void and(String condition, Object... parameters) {
      text.append(text.isEmpty() ? " WHERE " : " AND ").append(condition);
      Collections.addAll(values, parameters);
    }
  }

  /** Returns devices in the order of their ids, after one of them. */
  List<Map<String, Object>> list(Filter filter, @Nullable String after, int limit) {
    Instant now = now();
    Sql where = where(filter, now);
    if (after != null) {
      where.and("id > ?", after);
    }
    where.values().add(limit);
    return database.query(
        "SELECT id, revision, phase, to_version, failed, updated_at FROM update_state"
            + where.text()
            + " ORDER BY id LIMIT ?",
        (row, number) -> {
          Map<String, Object> device = new LinkedHashMap<>();
          device.put("id", row.getString(1));
          device.put("revision", row.getLong(2));
          device.put("phase", row.getString(3));
          if (row.getString(4) != null) {
            device.put("to_version", row.getString(4));
          }
          device.put("error", row.getBoolean(5));
          OffsetDateTime updated = row.getObject(6, OffsetDateTime.class);
          if (updated != null) {
            device.put("updated_at", updated.toInstant().toString());
            device.put("age_s", age(updated.toInstant(), now).toSeconds());
          }
          return device;
        },
        where.values().toArray());
  }

  private static Duration age(Instant updated, Instant now) {
    return updated.isAfter(now) ? Duration.ZERO : Duration.between(updated, now);
  }

  /** Returns how many devices there are for each combination of the keys' values. */
  List<Map<String, Object>> count(Filter filter, List<CountKey> by) {
    Instant now = now();
    Sql where = where(filter, now);
    List<Object> values = new ArrayList<>();
    String inner = by.stream()
        .map(key -> column(key, now, values) + " AS " + key.label() + ", ")
        .collect(Collectors.joining());
    String keys = by.stream().map(CountKey::label).collect(Collectors.joining(", "));
    values.addAll(where.values());
    List<Map<String, Object>> rows = database.queryForList(
        "SELECT " + (keys.isEmpty() ? "" : keys + ", ") + "COUNT(*) AS devices FROM (SELECT "
            + inner + "id FROM update_state" + where.text() + ") each_device"
            + (keys.isEmpty() ? "" : " GROUP BY " + keys + " ORDER BY " + keys),
        values.toArray());
    rows.forEach(row -> row.values().removeIf(Objects::isNull));
    return rows;
  }

  private static String column(CountKey key, Instant now, List<Object> values) {
    return switch (key) {
      case PHASE -> "phase";
      case VERSION -> "to_version";
      case ERROR -> "failed";
      case AGE -> {
        values.add(time(now.minus(HOUR)));
        values.add(time(now.minus(DAY)));
        values.add(time(now.minus(WEEK)));
        yield "CASE WHEN updated_at > ? THEN 'under 1h' WHEN updated_at > ? THEN '1h to 1d'"
            + " WHEN updated_at > ? THEN '1d to 7d' ELSE 'over 7d' END";
      }
    };
  }

  private Sql where(Filter filter, Instant now) {
    Sql where = new Sql();
    if (filter.phase() != null) {
      Phase phase = Phase.ofWireName(filter.phase())
          .getOrElseThrow(() -> new IllegalArgumentException("phase is no phase"));
      where.and("phase = ?", phase.wireName());
    }
    if (filter.version() != null) {
      where.and("to_version = ?", filter.version());
    }
    if (filter.error() != null) {
      where.and("failed = ?", filter.error());
    }
    if (filter.minAge() != null) {
      if (filter.minAge().isNegative() || filter.minAge().compareTo(MAX_AGE) > 0) {
        throw new IllegalArgumentException("min_age is not between 0 and " + MAX_AGE);
      }
      where.and("updated_at <= ?", time(now.minus(filter.minAge())));
    }
    if (filter.overdue() != null) {
      List<Object> values = new ArrayList<>();
      limits.forEach(
          (phase, limit) -> Collections.addAll(values, phase.wireName(), time(now.minus(limit))));
      String late = "(phase = ? AND updated_at < ?)"
          + " OR (phase = ? AND updated_at < ?)".repeat(Math.max(0, limits.size() - 1));
      where.and(
          (filter.overdue() ? "(" : "NOT (") + (limits.isEmpty() ? "FALSE" : late) + ")",
          values.toArray());
    }
    if (filter.search() != null) {
      where.and("POSITION(LOWER(?) IN LOWER(id)) > 0", filter.search());
    }
    return where;
  }

  private static OffsetDateTime time(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  /** Reads the clock of the database, which has set the times in the rows. */
  Instant now() {
    return Objects.requireNonNull(
            database.queryForObject("SELECT CURRENT_TIMESTAMP", Timestamp.class))
        .toInstant();
  }
}
