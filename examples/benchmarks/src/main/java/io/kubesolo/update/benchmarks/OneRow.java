package io.kubesolo.update.benchmarks;

import java.io.IOException;
import java.nio.file.Path;

/** A process that makes one record durable by SQLite and ends. */
final class OneRow {
  private OneRow() {}

  /**
   * Replaces one row.
   *
   * @param arguments the folder of the database, which is made where there is none
   * @throws IOException if SQLite fails
   */
  public static void main(String[] arguments) throws IOException {
    try (DurableSqlite sqlite = new DurableSqlite(Path.of(arguments[0]), "WAL")) {
      sqlite.replace();
    }
  }
}
