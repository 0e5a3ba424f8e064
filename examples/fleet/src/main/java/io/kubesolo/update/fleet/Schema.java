package io.kubesolo.update.fleet;

import io.kubesolo.update.persist.SqlStateStore;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Creates the tables where they are missing, before anything uses them. */
@Component
final class Schema {
  private static final List<String> OWN = List.of(
      "CREATE TABLE IF NOT EXISTS fleet_lock_group (name VARCHAR(255) PRIMARY KEY)",
      """
      CREATE TABLE IF NOT EXISTS fleet_lock (
        lock_group VARCHAR(255) NOT NULL,
        id VARCHAR(255) NOT NULL,
        since TIMESTAMP(6) WITH TIME ZONE NOT NULL,
        PRIMARY KEY (lock_group, id)
      )""",
      """
      CREATE TABLE IF NOT EXISTS fleet_transition (
        position BIGINT PRIMARY KEY,
        at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
        json TEXT NOT NULL
      )""",
      "CREATE TABLE IF NOT EXISTS fleet_position (last BIGINT NOT NULL)",
      """
      INSERT INTO fleet_position (last)
      SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM fleet_position)""");

  private static final int TRIES = 5;

  Schema(JdbcTemplate database) {
    Stream.concat(SqlStateStore.SCHEMA.stream(), OWN.stream())
        .forEach(sql -> create(database, sql));
  }

  /** Two services that start at once both create a table, and PostgreSQL refuses one of them. */
  private static void create(JdbcTemplate database, String sql) {
    for (int left = TRIES - 1; ; left--) {
      try {
        database.execute(sql);
        return;
      } catch (DataAccessException e) {
        if (left == 0) {
          throw e;
        }
      }
    }
  }
}
