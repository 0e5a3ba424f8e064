package io.kubesolo.update.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateState;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;

class PostgresFleetTest extends FleetContract {
  private @Nullable EmbeddedPostgres server;

  @Override
  synchronized String database() throws IOException {
    if (server == null) {
      server = EmbeddedPostgres.start();
    }
    return server.getJdbcUrl("postgres", "postgres");
  }

  @Test
  void losesNoTransitionWhileTheListenerIsCutOff() throws Exception {
    String ids = newId() + "-cut-off-";
    JdbcTemplate sql = service.context.getBean(JdbcTemplate.class);
    try (EventClient client = service.follow("/events")) {
      for (int i = 0; i < 20; i++) {
        if (i % 10 == 2) {
          awaitListeners(sql);
          assertThat(sql.queryForList("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                  + " WHERE query LIKE 'LISTEN%' OR query LIKE 'NOTIFY%'"))
              .isNotEmpty();
        }
        service.send(ids + i, "\"check\"");
        Thread.sleep(100);
      }
      List<EventClient.Event> events = client.next(ids, 20);
      assertThat(events).extracting(EventClient.Event::device).doesNotHaveDuplicates();
    }
    awaitListeners(sql);
  }

  /** Waits until both instances listen. */
  private static void awaitListeners(JdbcTemplate sql) throws InterruptedException {
    for (int i = 0; i < 200 && listeners(sql) < 2; i++) {
      Thread.sleep(50);
    }
    assertThat(listeners(sql)).isGreaterThanOrEqualTo(2);
  }

  private static int listeners(JdbcTemplate sql) {
    return sql.queryForList("SELECT pid FROM pg_stat_activity"
            + " WHERE query LIKE 'LISTEN%' OR query LIKE 'NOTIFY%'")
        .size();
  }

  /** Uses the server of this test, which does not fsync and is fast for that reason. */
  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void warnsOfAServerThatDoesNotFsync(CapturedOutput log) throws Exception {
    String warning = "fsync is off on the database server: a power loss may lose";
    try (FleetService started = new FleetService(database())) {
      assertThat(log).contains(warning);
      JsonNode health = started.get("/actuator/health").json();
      assertThat(health.path("status").asText()).isEqualTo("UP");
      assertThat(health.path("components").path("durability").path("details").path("warnings"))
          .anyMatch(text -> text.asText().contains(warning));
    }
  }

  @Test
  void showsATransitionOnlyAfterAllThatWereBegunBefore() throws Exception {
    String ids = newId() + "-order-";
    TransitionLog log = service.context.getBean(TransitionLog.class);
    long start = log.end();
    try (Connection slow = service.context.getBean(DataSource.class).getConnection()) {
      slow.setAutoCommit(false);
      UpdateState before = UpdateState.fresh(Instant.now());
      log.write(slow, ids + "slow", new Transition(before, new Check(), before));
      service.send(ids + "fast", "\"check\"");
      assertThat(log.after(start, 10)).noneMatch(entry -> entry.json().contains(ids));
      slow.commit();
      slow.setAutoCommit(true);
    }
    assertThat(log.after(start, 1000))
        .filteredOn(entry -> entry.json().contains(ids))
        .extracting(TransitionLog.Entry::json)
        .satisfiesExactly(
            first -> assertThat(first).contains(ids + "slow"),
            second -> assertThat(second).contains(ids + "fast"));
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
