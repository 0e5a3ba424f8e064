package io.kubesolo.update.fleet;

import io.kubesolo.update.core.Phase;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
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

/** Lists and counts devices by the columns of their rows. */
@Component
final class FleetQuery {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WEEK = Duration.ofDays(7);

  private final JdbcTemplate database;

  FleetQuery(JdbcTemplate database, Schema schema) {
    this.database = database;
  }

  /**
   * Which devices are meant; what is null is not asked for.
   *
   * @param phase the wire name of a phase
   * @param version the target version
   * @param error whether there is an error
   * @param minAge the least time since the last event
   */
  record Filter(
      @Nullable String phase,
      @Nullable String version,
      @Nullable Boolean error,
      @Nullable String minAge) {}

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

    void and(String condition, Object value) {
      text.append(text.isEmpty() ? " WHERE " : " AND ").append(condition);
      values.add(value);
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
        .map(key -> column(key, now, values) + " AS by_" + key.label() + ", ")
        .collect(Collectors.joining());
    String keys = by.stream().map(key -> "by_" + key.label()).collect(Collectors.joining(", "));
    values.addAll(where.values());
    String grouped = by.isEmpty() ? "" : " GROUP BY " + keys + " ORDER BY " + keys;
    return database.query(
        "SELECT "
            + (by.isEmpty() ? "" : keys + ", ")
            + "COUNT(*) FROM (SELECT "
            + inner
            + "id FROM update_state"
            + where.text()
            + ") devices"
            + grouped,
        (row, number) -> {
          Map<String, Object> count = new LinkedHashMap<>();
          for (int i = 0; i < by.size(); i++) {
            Object value =
                by.get(i) == CountKey.ERROR ? row.getBoolean(i + 1) : row.getString(i + 1);
            if (value != null) {
              count.put(by.get(i).label(), value);
            }
          }
          count.put("devices", row.getLong(by.size() + 1));
          return count;
        },
        values.toArray());
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

  /** Returns the devices whose phase has a limit and has lasted at least that long. */
  List<String> overdue(Map<Phase, Duration> limits, int most) {
    Instant now = now();
    return limits.entrySet().stream()
        .flatMap(limit -> database
            .queryForList(
                "SELECT id FROM update_state WHERE phase = ? AND updated_at < ?"
                    + " ORDER BY updated_at LIMIT ?",
                String.class,
                limit.getKey().wireName(),
                time(now.minus(limit.getValue())),
                most)
            .stream())
        .toList();
  }

  private static Sql where(Filter filter, Instant now) {
    Sql where = new Sql();
    if (filter.phase() != null) {
      String phase = filter.phase();
      Phase.ofWireName(phase)
          .getOrElseThrow(() -> new IllegalArgumentException("phase is no phase"));
      where.and("phase = ?", phase);
    }
    if (filter.version() != null) {
      where.and("to_version = ?", filter.version());
    }
    if (filter.error() != null) {
      where.and("failed = ?", filter.error());
    }
    if (filter.minAge() != null) {
      where.and("updated_at <= ?", time(now.minus(duration(filter.minAge()))));
    }
    return where;
  }

  private static Duration duration(String text) {
    try {
      Duration duration = Duration.parse(text);
      if (!duration.isNegative() && duration.compareTo(Duration.ofDays(365_000)) < 0) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // Answered below.
    }
    throw new IllegalArgumentException("min_age is no duration of ISO 8601, such as PT1H30M");
  }

  private static OffsetDateTime time(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  /** Reads the clock of the database, which has set the times in the rows. */
  private Instant now() {
    return Objects.requireNonNull(
            database.queryForObject("SELECT CURRENT_TIMESTAMP", Timestamp.class))
        .toInstant();
  }
}
