package io.kubesolo.update.fleet;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A counting semaphore for each group of devices, in the database. A lock is owned by its device:
 * taking it twice holds it once, and giving back what is not held succeeds.
 *
 * <p>Safe for use by several threads and instances: the row of the group is locked while a lock is
 * taken.
 */
@Component
final class FleetLock {
  private final JdbcTemplate database;
  private final TransactionTemplate transaction;
  private final FleetProperties properties;

  FleetLock(
      JdbcTemplate database,
      PlatformTransactionManager transactions,
      FleetProperties properties,
      Schema schema) {
    this.database = database;
    this.transaction = new TransactionTemplate(transactions);
    this.properties = properties;
  }

  /** Takes the lock for a device, and returns whether it is held. */
  boolean take(String group, String id) {
    return Boolean.TRUE.equals(transaction.execute(status -> {
      database.update(
          "INSERT INTO fleet_lock_group (name) VALUES (?) ON CONFLICT DO NOTHING", group);
      database.queryForObject(
          "SELECT name FROM fleet_lock_group WHERE name = ? FOR UPDATE", String.class, group);
      if (count("lock_group = ? AND id = ?", group, id) > 0) {
        return true;
      }
      if (count("lock_group = ?", group) >= properties.slots(group)) {
        return false;
      }
      database.update(
          "INSERT INTO fleet_lock (lock_group, id, since) VALUES (?, ?, CURRENT_TIMESTAMP)",
          group,
          id);
      return true;
    }));
  }

  private long count(String condition, Object... values) {
    return Objects.requireNonNull(database.queryForObject(
        "SELECT COUNT(*) FROM fleet_lock WHERE " + condition, Long.class, values));
  }

  /** Gives the lock of a device back. */
  void giveBack(String group, String id) {
    database.update("DELETE FROM fleet_lock WHERE lock_group = ? AND id = ?", group, id);
  }

  /** Returns the locks that are held, the oldest first. */
  List<Map<String, String>> held() {
    return database.query(
        "SELECT lock_group, id, since FROM fleet_lock ORDER BY since, lock_group, id",
        (row, number) -> Map.of(
            "group", row.getString(1),
            "id", row.getString(2),
            "since", row.getObject(3, OffsetDateTime.class).toInstant().toString()));
  }
}
