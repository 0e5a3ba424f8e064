package io.kubesolo.update.fleet;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The transitions of all devices, in the order of their positions. A transition is written in the
 * transaction of its event.
 *
 * <p>On PostgreSQL the position is the number of the transaction, and a transition can be read once
 * every transaction with a lower number has ended: no transition appears before one that was read.
 * On H2 the writers wait for each other.
 *
 * <p>Safe for use by several threads and instances.
 */
@Component
final class TransitionLog {
  private static final String H2_LAST = "(SELECT last FROM fleet_position)";

  /** How many transitions are deleted at once. */
  private static final int OLDEST = 10_000;

  private final JdbcTemplate database;
  private final boolean isPostgres;

  /** The position of the transition that is written, and the last one that can be read. */
  private final String next;

  private final String end;

  /** A transition, as JSON, at its position. */
  record Entry(long position, String json) {}

  TransitionLog(JdbcTemplate database, Schema schema) {
    this.database = database;
    this.isPostgres = Boolean.TRUE.equals(database.execute((ConnectionCallback<Boolean>)
        connection -> connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")));
    this.next = isPostgres ? "pg_current_xact_id()::text::bigint" : H2_LAST;
    this.end = isPostgres ? "pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1" : H2_LAST;
  }

  boolean isPostgres() {
    return isPostgres;
  }

  /** Writes a transition, in the transaction of its event. */
  void write(Connection connection, String id, Transition transition) throws SQLException {
    try (Statement statement = connection.createStatement();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO fleet_transition (position, at, json) VALUES ("
                + next + ", CURRENT_TIMESTAMP, ?)")) {
      if (!isPostgres) {
        statement.executeUpdate("UPDATE fleet_position SET last = last + 1");
      }
      insert.setString(1, json(id, transition));
      insert.executeUpdate();
    }
  }

  private static String json(String id, Transition transition) {
    UpdateState after = transition.after();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("device", id);
    json.put("revision", after.revision());
    after.updatedAt().forEach(at -> json.put("at", at.toString()));
    json.put("event", transition.event().type().wireName());
    json.put("from", transition.before().phase().wireName());
    json.put("to", after.phase().wireName());
    after.toVersion().forEach(version -> json.put("to_version", version));
    after.lastError().forEach(error -> json.put("error", error));
    return json.toString();
  }

  /** Returns the position after which a new reader starts. */
  long end() {
    return Objects.requireNonNull(database.queryForObject("SELECT " + end, Long.class));
  }

  /**
   * Returns whether every transition after a position is still kept; 0 means the oldest that
   * is kept.
   */
  boolean holdsAllAfter(long position) {
    return position == 0
        || Boolean.TRUE.equals(database.queryForObject(
            "SELECT ? <= " + end
                + " AND EXISTS (SELECT 1 FROM fleet_transition WHERE position <= ?)",
            Boolean.class,
            position,
            position));
  }

  /** Returns the oldest transitions after a position. */
  List<Entry> after(long position, int limit) {
    return database.query(
        "SELECT position, json FROM fleet_transition WHERE position > ? AND position <= " + end
            + " ORDER BY position LIMIT ?",
        (row, number) -> new Entry(row.getLong(1), row.getString(2)),
        position,
        limit);
  }

  /** Deletes old transitions except the last of them, which shows that there were some. */
  void deleteOlderThan(Duration age) {
    OffsetDateTime time =
        database.queryForObject("SELECT " + FleetQuery.AGO, OffsetDateTime.class, age.toMillis());
    int deleted;
    do {
      deleted = database.update(
          "DELETE FROM fleet_transition WHERE position < (SELECT MAX(position) FROM"
              + " (SELECT position, at FROM fleet_transition ORDER BY position LIMIT ?) oldest"
              + " WHERE at < ?)",
          OLDEST,
          time);
    } while (deleted == OLDEST - 1);
  }
}
