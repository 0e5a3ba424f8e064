package io.kubesolo.update.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** One row of SQLite, replaced in a transaction of its own that is flushed before it is answered. */
final class DurableSqlite implements DurableContender {
  private final String journal;
  private final Connection connection;
  private final PreparedStatement update;
  private int revision;

  DurableSqlite(Path folder, String journal) throws IOException {
    this.journal = journal;
    try {
      connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(journal + ".db"));
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode=" + journal);
        statement.execute("PRAGMA synchronous=FULL");
        statement.execute("CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY, json TEXT)");
        statement.execute("INSERT OR IGNORE INTO state VALUES (1, '')");
      }
      update = connection.prepareStatement("UPDATE state SET json = ? WHERE id = 1");
    } catch (SQLException e) {
      throw new IOException("SQLite cannot be used", e);
    }
  }

  @Override
  public String title() {
    return journal.equals("WAL")
        ? "SQLite with a write-ahead log"
        : "SQLite with a rollback journal";
  }

  @Override
  public long[] run(int times) throws IOException {
    return DurableContender.timed(times, this::replace);
  }

  void replace() throws IOException {
    try {
      update.setString(1, "x".repeat(690) + revision++);
      if (update.executeUpdate() != 1) {
        throw new IOException("SQLite updated no row");
      }
    } catch (SQLException e) {
      throw new IOException("SQLite cannot update", e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException("SQLite cannot be closed", e);
    }
  }
}
