package io.kubesolo.update.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.persist.SqlStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The packaged service, as {@code java -jar} starts it. */
@Timeout(600)
class FleetJarIT {
  @TempDir
  private Path dir;

  @Test
  void keepsAnAcknowledgedEventWhenItIsKilled() throws Exception {
    FleetProcess service = start("log").awaitReady();
    try {
      assertThat(service.send("d", "\"check\"").response().body()).contains("\"checking\"");
    } finally {
      service.kill();
    }

    String address = "jdbc:h2:file:" + dir.resolve("fleet") + ";MODE=PostgreSQL;"
        + "DATABASE_TO_LOWER=TRUE;IFEXISTS=TRUE";
    DataSource database = new DriverManagerDataSource(address, "sa", "");
    assertThat(new SqlStateStore(database, "d").read().get().state().phase())
        .isEqualTo(Phase.CHECKING);
  }

  @Test
  void saysWithoutAStackTraceThatTheDatabaseCannotBeUsed() throws Exception {
    FleetProcess first = start("log").awaitReady();
    try {
      assertThat(start("second").awaitExit()).isEqualTo(1);
      assertThat(Files.readString(dir.resolve("second")))
          .contains("The database cannot be used: ", "fleet.mv.db", "Check fleet.database")
          .doesNotContain("\tat ");
    } finally {
      first.kill();
    }
  }

  private FleetProcess start(String log) throws IOException {
    return FleetProcess.start(
        Path.of("target/fleet.jar"), dir, log, List.of("-XX:TieredStopAtLevel=1"));
  }
}
