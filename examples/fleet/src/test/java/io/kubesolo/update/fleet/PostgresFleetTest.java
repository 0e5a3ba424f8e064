package io.kubesolo.update.fleet;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;

class PostgresFleetTest extends FleetContract {
  private @Nullable EmbeddedPostgres server;

  @Override
  synchronized String database() throws IOException {
    if (server == null) {
      server = EmbeddedPostgres.start();
    }
    return server.getJdbcUrl("postgres", "postgres");
  }

  @Override
  @AfterAll
  void stop() throws IOException {
    super.stop();
    if (server != null) {
      server.close();
    }
  }
}
