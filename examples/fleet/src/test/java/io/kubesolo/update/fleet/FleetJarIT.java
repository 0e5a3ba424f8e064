package io.kubesolo.update.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.persist.SqlStateStore;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The packaged service, as {@code java -jar} starts it. */
class FleetJarIT {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir
  private Path dir;

  @Test
  void keepsAnAcknowledgedEventWhenItIsKilled() throws Exception {
    int port = freePort();
    Process process = started(port);
    try {
      assertThat(post(port, "{\"event\":\"check\"}")).contains("\"checking\"");
    } finally {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }

    String address = "jdbc:h2:file:" + dir.resolve("fleet") + ";MODE=PostgreSQL;"
        + "DATABASE_TO_LOWER=TRUE;IFEXISTS=TRUE";
    DataSource database = new DriverManagerDataSource(address, "sa", "");
    assertThat(new SqlStateStore(database, "d").read().get().state().phase())
        .isEqualTo(Phase.CHECKING);
  }

  @Test
  void saysWithoutAStackTraceThatTheDatabaseCannotBeUsed() throws Exception {
    Process first = started(freePort());
    try {
      Process second = start(freePort(), "second");
      assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(second.exitValue()).isEqualTo(1);
      assertThat(Files.readString(dir.resolve("second")))
          .contains("The database cannot be used: ", "fleet.mv.db", "Check fleet.database")
          .doesNotContain("\tat ");
    } finally {
      first.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private Process start(int port, String log) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-jar",
            Path.of("target/fleet.jar").toAbsolutePath().toString(),
            "--server.port=" + port)
        .directory(dir.toFile())
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve(log).toFile())
        .start();
  }

  private Process started(int port) throws Exception {
    Process process = start(port, "log");
    URI health = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness");
    for (int i = 0; i < 600 && process.isAlive(); i++) {
      try {
        if (CLIENT
                .send(HttpRequest.newBuilder(health).build(), BodyHandlers.discarding())
                .statusCode()
            == 200) {
          return process;
        }
      } catch (ConnectException e) {
        // It has not started yet.
      }
      Thread.sleep(100);
    }
    process.destroyForcibly();
    throw new AssertionError(Files.readString(dir.resolve("log")));
  }

  private static String post(int port, String event) throws Exception {
    URI address = URI.create("http://127.0.0.1:" + port + "/devices/d/events");
    return CLIENT
        .send(
            HttpRequest.newBuilder(address).POST(BodyPublishers.ofString(event)).build(),
            BodyHandlers.ofString())
        .body();
  }
}
