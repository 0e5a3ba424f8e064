package io.kubesolo.update.fleet;

import io.kubesolo.update.benchmarks.Life;
import io.kubesolo.update.benchmarks.Result;
import io.kubesolo.update.benchmarks.Rounds;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.SqlStateStore;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Events of several senders at once on PostgreSQL: by the lifecycle over a row of the database,
 * through the fleet service, and by a program that executes the same statements and nothing else.
 * Each of them also writes the log of the service.
 */
final class SqlContenders {
  private static final int WARM_UP = 8;
  private static final int ROUNDS = 30;
  private static final int DEVICES = Rounds.rounds(10) * FleetLoad.SENDERS;

  /** A device with a full history. */
  private static final String FILLED_ID = "filled";

  private static final int FILLED = Life.FILLING * Life.LENGTH;

  private static final String READ =
      "SELECT document, CURRENT_TIMESTAMP, revision FROM update_state WHERE id = ?";
  private static final String LOCK = READ + " FOR UPDATE";
  private static final String UPDATE = """
      UPDATE update_state
      SET revision = ?, phase = ?, to_version = ?, failed = ?, updated_at = ?, document = ?
      WHERE id = ? AND revision = ?""";
  private static final String LOG = "INSERT INTO fleet_transition (position, at, json)"
      + " VALUES (pg_current_xact_id()::text::bigint, CURRENT_TIMESTAMP, ?)";
  private static final String COPY = """
      INSERT INTO update_state (id, revision, phase, to_version, failed, updated_at, document)
      SELECT ? || number, revision, phase, to_version, failed, updated_at, document
      FROM generate_series(0, ?) number, update_state WHERE id = ?""";
  private static final String LOGGED = "x".repeat(150);

  private final DataSource source;
  private final TableEngine table = new TableEngine();
  private final int events;

  private SqlContenders(DataSource source, int events) {
    this.source = source;
    this.events = events;
  }

  /** Sends an event of a device that is at a revision. */
  private interface Sender {
    void send(String device, UpdateEvent event, long revision) throws Exception;
  }

  /** Measures rounds of a number of events, on the database of a service. */
  static List<Result> measure(DataSource source, FleetProcess service, int events)
      throws Exception {
    SqlContenders sql = new SqlContenders(source, events);
    for (int revision = 0; revision < FILLED; revision++) {
      sql.lifecycle(FILLED_ID, Life.event(revision), revision);
    }
    Map<String, Rounds.Subject> subjects = new LinkedHashMap<>();
    subjects.put("JDBC", sql.subject("jdbc", (device, event, revision) -> {
      sql.read(device);
      sql.write(device, event, revision);
    }));
    subjects.put("JDBC without the first read", sql.subject("write", sql::write));
    subjects.put("UpdateLifecycle over SqlStateStore", sql.subject("store", sql::lifecycle));
    subjects.put("the service, over HTTP", sql.subject("http", (device, event, revision) -> {
      FleetClient.Answer answer = service.send(device, event, revision);
      if (answer.status() != 200) {
        throw new IOException(answer.response().body());
      }
    }));
    return Rounds.measure("sql", List.of("µs", "events/s"), subjects, WARM_UP, ROUNDS);
  }

  /**
   * Copies the device with a full history, and returns a subject that sends events to each in turn.
   */
  private Rounds.Subject subject(String name, Sender sender) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement copy = connection.prepareStatement(COPY)) {
      copy.setString(1, name);
      copy.setInt(2, DEVICES - 1);
      copy.setString(3, FILLED_ID);
      copy.executeUpdate();
    }
    long[] revisions = new long[DEVICES];
    Arrays.fill(revisions, FILLED);
    return round -> {
      long start = System.nanoTime();
      send(events, name, revisions, sender);
      double seconds = (System.nanoTime() - start) / 1e9;
      return new double[] {seconds * 1e6 / events, events / seconds};
    };
  }

  private static void send(int events, String name, long[] revisions, Sender sender)
      throws Exception {
    FleetLoad.all(events, DEVICES, (device, number) -> {
      long revision = revisions[device]++;
      sender.send(name + device, Life.event(revision), revision);
    });
  }

  private void lifecycle(String device, UpdateEvent event, long revision) {
    SqlStateStore store =
        new SqlStateStore(source, device, (connection, transition) -> log(connection));
    LifecycleSettings settings = LifecycleSettings.DEFAULT.withBoot(store::boot);
    try (UpdateLifecycle lifecycle = UpdateLifecycle.open(store, settings, table)
        .getOrElseThrow(failure -> new IllegalStateException(failure.message()))) {
      UpdateState after = lifecycle
          .send(event, revision)
          .getOrElseThrow(refused -> new IllegalStateException(refused.message()));
      if (after.revision() != revision + 1) {
        throw new IllegalStateException(device + " is at revision " + after.revision());
      }
    }
  }

  private static void log(Connection connection) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(LOG)) {
      insert.setString(1, LOGGED);
      insert.executeUpdate();
    }
  }

  /** Reads a device, as {@code open} does. */
  private void read(String device) throws SQLException {
    try (Connection connection = source.getConnection()) {
      select(connection, READ, device);
    }
  }

  private static String select(Connection connection, String sql, String device)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setString(1, device);
      try (ResultSet rows = select.executeQuery()) {
        rows.next();
        return rows.getString(1);
      }
    }
  }

  /** Executes what {@code send} does, but leaves the document as it is. */
  private void write(String device, UpdateEvent event, long revision) throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(false);
      String document = select(connection, LOCK, device);
      try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
        update.setLong(1, revision + 1);
        update.setString(2, event.type().wireName());
        update.setString(3, "v1.1");
        update.setBoolean(4, false);
        update.setObject(5, OffsetDateTime.now(ZoneOffset.UTC));
        update.setString(6, document);
        update.setString(7, device);
        update.setLong(8, revision);
        if (update.executeUpdate() != 1) {
          throw new SQLException(device + " is not at revision " + revision);
        }
      }
      log(connection);
      connection.commit();
    }
  }
}
