package io.kubesolo.update.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.persist.SqlStateStore;
import java.io.IOException;
import java.util.stream.Stream;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Creates the tables where they are missing, before anything uses them. */
@Component
final class Schema {
  private static final int TRIES = 5;

  Schema(JdbcTemplate database) throws IOException {
    String own = new ClassPathResource("fleet.sql").getContentAsString(UTF_8);
    Stream.concat(SqlStateStore.SCHEMA.stream(), Stream.of(own.split(";\\s*", 0)))
        .forEach(sql -> create(database, sql, TRIES - 1));
  }

  /**
   * Creates a table. Tries again if it fails: when two services start at once, PostgreSQL rejects
   * one of the two statements.
   */
  private static void create(JdbcTemplate database, String sql, int triesLeft) {
    try {
      database.execute(sql);
    } catch (DataAccessException e) {
      if (triesLeft == 0) {
        throw e;
      }
      create(database, sql, triesLeft - 1);
    }
  }
}
