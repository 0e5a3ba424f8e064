package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.fsm.UpdateLifecycle;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** {@link SqlStateStore} on H2. */
class H2StateStoreTest extends SqlStateStoreContract {
  private static final JdbcDataSource SOURCE = new JdbcDataSource();

  private static final String URL =
      "jdbc:h2:mem:update;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1";

  static {
    SOURCE.setURL(URL);
  }

  @Override
  DataSource source() {
    return SOURCE;
  }

  @Test
  void itsOwnModeIsReportedWithTheModeThatIsNeeded() throws SQLException {
    JdbcDataSource own = new JdbcDataSource();
    own.setURL("jdbc:h2:mem:own;DB_CLOSE_DELAY=-1");
    try (Connection connection = own.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : SqlStateStore.SCHEMA) {
        statement.execute(sql);
      }
    }
    assertThat(open(new SqlStateStore(own, "own")).send(new Check()).getLeft().message())
        .contains("PostgreSQL, or H2 with MODE=PostgreSQL in its URL");
  }

  /** Returns a data source that no store has used. */
  private static RecordingDataSource recording() {
    JdbcDataSource unused = new JdbcDataSource();
    unused.setURL(URL);
    return new RecordingDataSource(unused);
  }

  @Test
  void eachSettingThatMakesCommitsUnsafeIsAWarning() {
    RecordingDataSource both = recording();
    both.answerAsPostgres("off", "off");
    assertThat(new SqlStateStore(both.proxy(), "unsafe").open().get().warnings())
        .containsExactly(
            "fsync is off on the database server: a power loss may lose acknowledged events",
            "synchronous_commit is off on the database server:"
                + " a power loss may lose acknowledged events");
    RecordingDataSource fsync = recording();
    fsync.answerAsPostgres("off", "on");
    assertThat(SqlStateStore.serverWarnings(fsync.proxy()))
        .singleElement()
        .asString()
        .startsWith("fsync is off");
    RecordingDataSource safe = recording();
    safe.answerAsPostgres("on", "on");
    assertThat(new SqlStateStore(safe.proxy(), "safe").open().get().warnings()).isEmpty();
  }

  @Test
  void theServerIsAskedOnceForItsSettings() {
    RecordingDataSource recording = recording();
    recording.answerAsPostgres("off", "on");
    DataSource source = recording.proxy();
    assertThat(SqlStateStore.serverWarnings(source)).hasSize(1);
    recording.takeCalls();
    assertThat(SqlStateStore.serverWarnings(source)).hasSize(1);
    assertThat(recording.takeCalls()).isEmpty();
  }

  @Test
  void aServerThatCannotBeAskedIsAskedAgain() {
    RecordingDataSource recording = recording();
    recording.answerAsPostgres("off", "on");
    FaultyDataSource faulty = new FaultyDataSource(recording.proxy());
    DataSource source = faulty.proxy();
    faulty.setDown(true);
    assertThat(SqlStateStore.serverWarnings(source)).isEmpty();
    faulty.setDown(false);
    assertThat(SqlStateStore.serverWarnings(source)).hasSize(1);
  }

  @Test
  void anotherDatabaseIsNotAskedForSettingsOfPostgres() {
    RecordingDataSource recording = recording();
    assertThat(SqlStateStore.serverWarnings(recording.proxy())).isEmpty();
    assertThat(recording.takeCalls()).noneMatch(call -> call.startsWith("prepareStatement"));
  }

  /** A statement without a timeout would wait for another writer without end. */
  @Test
  void eachStatementThatMayWaitForTheRowHasTheTimeThatIsLeft() {
    RecordingDataSource recording = recording();
    Duration deadline = Duration.ofSeconds(1000);
    UpdateLifecycle lifecycle =
        open(new SqlStateStore(recording.proxy(), "timed", (connection, made) -> {}, deadline));
    recording.takeCalls();
    assertThat(lifecycle.send(new Check()).isRight()).isTrue();
    assertThat(recording.takeCalls())
        .filteredOn(call -> call.startsWith("setQueryTimeout"))
        .hasSize(3)
        .allSatisfy(
            call -> assertThat(Integer.parseInt(call.replaceAll("\\D+", ""))).isBetween(900, 1000));
  }

  @Test
  void anEventOfARowThatExistsTakesTwoStatements() {
    RecordingDataSource recording = recording();
    UpdateLifecycle lifecycle = open(new SqlStateStore(recording.proxy(), "known"));
    assertThat(lifecycle.send(new Check()).isRight()).isTrue();
    recording.takeCalls();
    assertThat(lifecycle.send(new Cancel()).isRight()).isTrue();
    assertThat(recording.takeCalls())
        .filteredOn(call -> call.startsWith("prepareStatement"))
        .satisfiesExactly(
            first -> assertThat(first).contains("SELECT", "FOR UPDATE"),
            second -> assertThat(second).contains("UPDATE update_state"));
  }

  @Test
  void aConnectionIsGivenBackWithItsSettings() {
    RecordingDataSource recording = recording();
    UpdateLifecycle lifecycle = open(new SqlStateStore(recording.proxy(), "given-back"));
    recording.takeCalls();
    assertThat(lifecycle.send(new Check()).isRight()).isTrue();
    assertThat(recording.takeCalls())
        .endsWith("setAutoCommit true", "close")
        .noneMatch(call -> call.startsWith("setTransactionIsolation"));
  }
}
