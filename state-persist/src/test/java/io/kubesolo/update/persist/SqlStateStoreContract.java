package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises of {@link SqlStateStore} on every database that it runs on. */
abstract class SqlStateStoreContract {
  private static final AtomicInteger DEVICES = new AtomicInteger();

  private final String id = "device-" + DEVICES.incrementAndGet();

  abstract DataSource source();

  @BeforeEach
  void createTable() throws SQLException {
    try (Connection connection = source().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : SqlStateStore.SCHEMA) {
        statement.execute(sql);
      }
      statement.execute("CREATE TABLE IF NOT EXISTS outbox (id VARCHAR(255), revision BIGINT)");
    }
  }

  /** Writes a message into the outbox. */
  static void post(Connection connection, String device, long revision) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO outbox (id, revision) VALUES (?, ?)")) {
      insert.setString(1, device);
      insert.setLong(2, revision);
      insert.executeUpdate();
    }
  }

  /** Returns the revisions in the outbox. */
  List<Long> posted(String device) throws SQLException {
    try (Connection connection = source().getConnection();
        PreparedStatement select = connection.prepareStatement(
            "SELECT revision FROM outbox WHERE id = ? ORDER BY revision")) {
      select.setString(1, device);
      List<Long> revisions = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          revisions.add(rows.getLong(1));
        }
      }
      return revisions;
    }
  }

  /** Returns a store that writes a message for each event. */
  static SqlStateStore posting(DataSource source, String device) {
    return new SqlStateStore(
        source,
        device,
        (connection, transition) -> post(connection, device, transition.after().revision()));
  }

  UpdateLifecycle open(SqlStateStore store) {
    return UpdateLifecycle.open(
            store, LifecycleSettings.DEFAULT.withBoot(store::boot), new TableEngine())
        .get();
  }

  UpdateLifecycle open() {
    return open(store());
  }

  SqlStateStore store() {
    return new SqlStateStore(source(), id, (connection, made) -> {}, Duration.ofSeconds(1));
  }

  @Test
  void aMissingRowIsAFreshIdleState() {
    UpdateState state = store().read().get().state();
    assertThat(state.phase()).isEqualTo(Phase.IDLE);
    assertThat(state.revision()).isZero();
    assertThat(store().open().get().state().phase()).isEqualTo(Phase.IDLE);
  }

  @Test
  void anEventIsReadBackByAnotherStore() {
    UpdateState sent = open().send(new Check()).get();
    assertThat(store().read().get().state()).isEqualTo(sent);
    assertThat(sent.revision()).isEqualTo(1);
    assertThat(sent.boot().get().id()).isEqualTo(Boot.DATABASE);
  }

  @Test
  void aPhaseIsAsOldAsTheDatabaseSays() {
    SqlStateStore store = store();
    UpdateLifecycle lifecycle = open(store);
    UpdateState sent = lifecycle.send(new Check()).get();
    assertThat(Deadlines.age(sent, store.boot()).get()).isLessThan(Duration.ofMinutes(1));
    assertThat(lifecycle.overdue()).isEmpty();
  }

  @Test
  void theColumnsAreThoseOfTheDocument() throws SQLException {
    UpdateLifecycle lifecycle = open();
    lifecycle.send(new Check());
    lifecycle.send(new Download("v1.1", "v1.0"));
    UpdateState state = lifecycle.send(new Fail("no room")).get();
    try (Connection connection = source().getConnection();
        PreparedStatement select =
            connection.prepareStatement("SELECT * FROM update_state WHERE id = ?")) {
      select.setString(1, id);
      try (ResultSet row = select.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getLong("revision")).isEqualTo(3);
        assertThat(row.getString("phase")).isEqualTo("failed");
        assertThat(row.getString("to_version")).isEqualTo("v1.1");
        assertThat(row.getBoolean("failed")).isTrue();
        assertThat(row.getObject("updated_at", OffsetDateTime.class).toInstant())
            .isCloseTo(state.updatedAt().get(), within(1));
        assertThat(StateReader.read(row.getString("document").getBytes(UTF_8))
                .get()
                .state())
            .isEqualTo(state);
      }
    }
  }

  private static org.assertj.core.data.TemporalUnitOffset within(long milliseconds) {
    return new org.assertj.core.data.TemporalUnitWithinOffset(
        milliseconds, java.time.temporal.ChronoUnit.MILLIS);
  }

  @Test
  void aRejectedEventWritesNothing() throws SQLException {
    assertThat(open().send(new Cancel()).getLeft()).isInstanceOf(IllegalTransition.class);
    assertThat(documentOf(id)).isNull();
    open().send(new Download("v1.1", "v1.0"));
    String before = documentOf(id);
    assertThat(open().send(new Download("v1.1", "v1.1")).getLeft()).isInstanceOf(GuardDenied.class);
    assertThat(documentOf(id)).isEqualTo(before);
  }

  @Test
  void membersOfOtherProgramsStay() throws SQLException {
    open().send(new Check());
    execute("UPDATE update_state SET document = "
        + "'{\"phase\": \"checking\", \"revision\": 7, \"serial\": 1.50}' WHERE id = '" + id + "'");
    assertThat(open().send(new Cancel()).get().revision()).isEqualTo(8);
    assertThat(documentOf(id)).contains("\"serial\": 1.50");
  }

  @Test
  void aDocumentThatWasEmptiedIsNoMissingOne() throws SQLException {
    open().send(new Check());
    execute("UPDATE update_state SET document = '' WHERE id = '" + id + "'");
    assertThat(store().read().getLeft().message())
        .isEqualTo("row '" + id + "' of update_state: the document is empty");
    Either<Rejection, String> answer =
        store().exclusively((loaded, listener) -> Either.right("not reached"));
    assertThat(answer.getLeft()).isInstanceOf(Unreadable.class);
    assertThat(documentOf(id)).isEmpty();
  }

  @Test
  void aDocumentThatIsInvalidIsReportedAndLeft() throws SQLException {
    open().send(new Check());
    execute("UPDATE update_state SET document = '{\"phase\": \"nope\"}' WHERE id = '" + id + "'");
    assertThat(store().read().getLeft()).isInstanceOf(Unreadable.class);
    assertThat(store().open().getLeft().message()).contains(id).contains("nope");
    Either<Rejection, String> answer =
        store().exclusively((loaded, listener) -> Either.right("not reached"));
    assertThat(answer.getLeft()).isInstanceOf(Unreadable.class);
    assertThat(documentOf(id)).isEqualTo("{\"phase\": \"nope\"}");
  }

  @Test
  void oneWriterWaitsForAnother() throws Exception {
    int each = 20;
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<Integer>> accepted = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      UpdateLifecycle lifecycle = open(new SqlStateStore(source(), id));
      accepted.add(threads.submit(() -> {
        int count = 0;
        for (int event = 0; event < each; event++) {
          count += lifecycle.send(new Check()).isRight() ? 1 : 0;
          count += lifecycle.send(new NoUpdate()).isRight() ? 1 : 0;
        }
        return count;
      }));
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(60, SECONDS)).isTrue();
    int sum = 0;
    for (Future<Integer> count : accepted) {
      sum += count.get();
    }
    assertThat(sum).isPositive();
    assertThat(store().read().get().state().revision()).isEqualTo(sum);
  }

  /** Many a pool is configured with another isolation level. */
  @ParameterizedTest
  @ValueSource(ints = {Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE})
  void atAHigherIsolationLevelOneWriterWaitsForAnother(int isolation) throws Exception {
    List<Integer> givenBack = new CopyOnWriteArrayList<>();
    DataSource isolated = FaultyDataSource.isolated(source(), isolation, givenBack::add);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<List<Rejection>>> refused = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      UpdateLifecycle lifecycle = open(new SqlStateStore(isolated, id));
      refused.add(threads.submit(() -> IntStream.range(0, 20)
          .mapToObj(event -> lifecycle.send(new Download("v1.1", "v1.0", true)))
          .flatMap(answer -> answer.swap().toJavaStream())
          .toList()));
    }
    threads.shutdown();
    for (Future<List<Rejection>> rejections : refused) {
      assertThat(rejections.get()).isEmpty();
    }
    assertThat(store().read().get().state().revision()).isEqualTo(80);
    assertThat(givenBack).hasSizeGreaterThan(80).containsOnly(isolation);
  }

  @Test
  void theFirstEventsOfTwoWritersAreBothKept() throws Exception {
    for (int round = 0; round < 20; round++) {
      String device = id + "-" + round;
      CountDownLatch start = new CountDownLatch(1);
      ExecutorService threads = Executors.newFixedThreadPool(2);
      List<Future<Boolean>> answers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        UpdateLifecycle lifecycle = open(new SqlStateStore(source(), device));
        answers.add(threads.submit(() -> {
          start.await();
          return lifecycle.send(new Download("v1.1", "v1.0")).isRight();
        }));
      }
      start.countDown();
      threads.shutdown();
      assertThat(answers.get(0).get()).isTrue();
      assertThat(answers.get(1).get()).isTrue();
      UpdateState state = new SqlStateStore(source(), device).read().get().state();
      assertThat(state.revision()).isEqualTo(2);
      assertThat(state.history()).extracting(HistoryEntry::event).hasSize(2);
    }
  }

  @Test
  void aRowThatIsLockedBeyondTheDeadlineIsBusy() throws SQLException {
    open().send(new Check());
    UpdateLifecycle lifecycle = open();
    try (Connection holder = source().getConnection();
        Statement lock = holder.createStatement()) {
      holder.setAutoCommit(false);
      lock.executeQuery("SELECT * FROM update_state WHERE id = '" + id + "' FOR UPDATE")
          .close();
      Rejection busy = lifecycle.send(new Cancel()).getLeft();
      assertThat(busy).isInstanceOf(Busy.class);
      assertThat(busy.message()).containsPattern("for (0\\.[5-9]|[1-9]\\.[0-9]) s; send again");
      assertThat(store().read().get().state().phase()).isEqualTo(Phase.CHECKING);
      assertThat(store().open().get().state().phase()).isEqualTo(Phase.CHECKING);
      holder.rollback();
    }
    assertThat(lifecycle.send(new Cancel()).isRight()).isTrue();
  }

  @Test
  void twoDevicesDoNotWaitForEachOther() throws SQLException {
    open().send(new Check());
    try (Connection holder = source().getConnection();
        Statement lock = holder.createStatement()) {
      holder.setAutoCommit(false);
      lock.executeQuery("SELECT * FROM update_state WHERE id = '" + id + "' FOR UPDATE")
          .close();
      UpdateLifecycle other = open(new SqlStateStore(source(), id + "-other"));
      assertThat(other.send(new Check()).isRight()).isTrue();
      holder.rollback();
    }
  }

  @Test
  void anEventForAnEarlierRevisionIsStale() {
    open().send(new Check());
    assertThat(open().send(new Cancel(), 0).getLeft()).isInstanceOf(Stale.class);
    assertThat(open().send(new Cancel(), 1).isRight()).isTrue();
  }

  @Test
  void theDatabasesClockIsTheBoot() {
    Boot boot = store().boot().get();
    assertThat(boot.id()).isEqualTo("db");
    assertThat(Instant.EPOCH.plus(boot.uptime()))
        .isBetween(Instant.now().minusSeconds(5), Instant.now().plusSeconds(5));
  }

  /** Settings without a boot are those of the device that the code runs on. */
  @Test
  void theBootOfTheServiceIsRefused() throws SQLException {
    LifecycleSettings settings = LifecycleSettings.DEFAULT.withBoot(
        () -> Option.some(new Boot("9f2f2c52", Duration.ofSeconds(5))));
    UpdateLifecycle lifecycle =
        UpdateLifecycle.open(store(), settings, new TableEngine()).get();
    Rejection rejection = lifecycle.send(new Check()).getLeft();
    assertThat(outcome(Either.left(rejection))).isEqualTo(Outcome.OLD);
    assertThat(rejection.message()).contains(id, "settings.withBoot(store::boot)");
    assertThat(documentOf(id)).isNull();
  }

  @Test
  void aBootThatIsUnknownIsStoredAsUnknown() {
    LifecycleSettings settings = LifecycleSettings.DEFAULT.withBoot(Option::none);
    UpdateLifecycle lifecycle =
        UpdateLifecycle.open(store(), settings, new TableEngine()).get();
    assertThat(lifecycle.send(new Check()).get().boot()).isEmpty();
    assertThat(open().overdue()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {99_999_999_999L, 1_000_000_000_000L})
  void aClockThatWasAheadOnceLastsUntilTheNextEvent(long uptime) throws SQLException {
    open().send(new Check());
    execute("UPDATE update_state SET document = '{\"phase\": \"checking\", \"revision\": 7, "
        + "\"boot\": {\"id\": \"db\", \"uptime_s\": " + uptime + "}}' WHERE id = '" + id + "'");
    SqlStateStore store = store();
    UpdateLifecycle lifecycle = open(store);
    assertThat(Deadlines.age(lifecycle.state(), store.boot())).containsExactly(Duration.ZERO);
    assertThat(lifecycle.overdue()).isEmpty();
    UpdateState state = lifecycle.send(new Cancel()).get();
    assertThat(Instant.EPOCH.plus(state.boot().get().uptime()))
        .isBetween(Instant.now().minusSeconds(5), Instant.now().plusSeconds(5));
  }

  @Test
  void anEventIsNotCommittedWithoutWhatIsWrittenWithIt() throws SQLException {
    assertThat(open(posting(source(), id)).send(new Check()).isRight()).isTrue();
    assertThat(open(posting(source(), id)).send(new Check()).isLeft()).isTrue();
    UpdateLifecycle failing = open(new SqlStateStore(source(), id, (connection, transition) -> {
      post(connection, id, -1);
      throw new SQLException("no outbox");
    }));
    Rejection rejection = failing.send(new NoUpdate()).getLeft();
    assertThat(((NotPersisted) rejection).outcome()).isEqualTo(Outcome.OLD);
    assertThat(rejection.message()).contains(id, "no outbox");
    assertThat(store().read().get().state().revision()).isEqualTo(1);
    assertThat(posted(id)).containsExactly(1L);
  }

  /** Checks that a transaction with a failed statement is not committed as if it had succeeded. */
  @Test
  void whatIsAnsweredIsStoredIfAListenerHidesAFailedStatement() {
    UpdateLifecycle hiding = open(new SqlStateStore(source(), id, (connection, transition) -> {
      try (Statement statement = connection.createStatement()) {
        statement.execute("INSERT INTO no_such_table VALUES (1)");
      } catch (SQLException e) {
        // It hides the failure.
      }
    }));
    Either<Rejection, UpdateState> answer = hiding.send(new Check());
    assertThat(store().read().get().state().revision()).isEqualTo(answer.isRight() ? 1 : 0);
    if (answer.isLeft()) {
      assertThat(((NotPersisted) answer.getLeft()).outcome()).isEqualTo(Outcome.OLD);
    }
  }

  @Test
  void anUncheckedExceptionOfAListenerLeavesTheOldState() throws SQLException {
    UpdateLifecycle failing = open(new SqlStateStore(source(), id, (connection, transition) -> {
      post(connection, id, -1);
      throw new IllegalStateException("no outbox");
    }));
    Rejection rejection = failing.send(new Check()).getLeft();
    assertThat(((NotPersisted) rejection).outcome()).isEqualTo(Outcome.OLD);
    assertThat(rejection.message()).contains(id, "IllegalStateException: no outbox");
    assertThat(store().read().get().state().revision()).isZero();
    assertThat(posted(id)).isEmpty();
  }

  @Test
  void anUncheckedExceptionOfACommitIsAnUnknownOutcome() {
    FaultyDataSource faulty = new FaultyDataSource(source());
    UpdateLifecycle lifecycle = open(new SqlStateStore(faulty.proxy(), id));
    faulty.throwInstead(() -> new IllegalStateException("the connection is lost"));
    faulty.failAtCommit(true);
    Rejection rejection = lifecycle.send(new Check()).getLeft();
    assertThat(((NotPersisted) rejection).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(rejection.message()).contains(id, "the connection is lost");
    assertThat(lifecycle.send(new Check()).get().revision()).isEqualTo(1);
  }

  /** The event is sent again only if its sender got no answer. */
  @ParameterizedTest
  @ValueSource(strings = {"commit", "rollback", "setAutoCommit", "close"})
  void whateverIsThrownAfterACommitTheEventIsCountedOnce(String method) {
    List<Throwable> all = List.of(
        new SQLException("lost", "08006"),
        new IllegalStateException("lost"),
        new StackOverflowError());
    for (Throwable thrown : all) {
      String device = id + "-" + thrown.getClass().getSimpleName();
      FaultyDataSource faulty = new FaultyDataSource(source());
      faulty.throwInstead(() -> thrown);
      UpdateLifecycle lifecycle = open(new SqlStateStore(faulty.proxy(), device, (c, made) -> {
        if (!faulty.hasFailed()) {
          faulty.failAt(method, true);
        }
      }));
      Download download = new Download("v1.1", "v1.0");
      Either<Rejection, UpdateState> answer = lifecycle.send(download);
      assertThat(faulty.hasFailed()).isTrue();
      UpdateState state = answer.getOrElse(() -> lifecycle.send(download).get());
      assertThat(state.revision()).as("%s in %s", thrown, method).isEqualTo(1);
      assertThat(state.attemptCount()).isEqualTo(1);
      assertThat(lifecycle.send(download).get().revision()).as("a new event").isEqualTo(2);
    }
  }

  @Test
  void anAnswerThatIsCutOffWhileTheConnectionIsGivenBackIsGivenAgain() {
    FaultyDataSource faulty = new FaultyDataSource(source());
    UpdateLifecycle lifecycle = open(new SqlStateStore(faulty.proxy(), id));
    faulty.failAtCommit(true);
    assertThat(outcome(lifecycle.send(new Check()))).isEqualTo(Outcome.UNKNOWN);
    faulty.throwInstead(StackOverflowError::new);
    faulty.failAt("rollback", true);
    assertThat(outcome(lifecycle.send(new Check()))).isEqualTo(Outcome.UNKNOWN);
    assertThat(lifecycle.send(new Check()).get().revision()).isEqualTo(1);
  }

  @Test
  void anUnknownOutcomeStaysUnknownWhileTheDatabaseIsDown() {
    FaultyDataSource faulty = new FaultyDataSource(source());
    UpdateLifecycle lifecycle = open(new SqlStateStore(faulty.proxy(), id));
    faulty.failAtCommit(true);
    assertThat(outcome(lifecycle.send(new Check()))).isEqualTo(Outcome.UNKNOWN);
    faulty.setDown(true);
    assertThat(outcome(lifecycle.send(new Check()))).isEqualTo(Outcome.UNKNOWN);
    assertThat(outcome(new SqlStateStore(faulty.proxy(), id + "-other")
            .exclusively((loaded, listener) -> Either.right("not reached"))))
        .isEqualTo(Outcome.OLD);
    faulty.setDown(false);
    assertThat(lifecycle.send(new Check()).get().revision()).isEqualTo(1);
  }

  @Test
  void twoUnknownOutcomesOfOneRowAreBothRemembered() {
    FaultyDataSource faulty = new FaultyDataSource(source());
    DataSource shared = faulty.proxy();
    UpdateLifecycle first = open(new SqlStateStore(shared, id));
    UpdateLifecycle second = open(new SqlStateStore(shared, id));
    Download download = new Download("v1.1", "v1.0");
    faulty.failAtCommit(true);
    assertThat(outcome(first.send(download))).isEqualTo(Outcome.UNKNOWN);
    faulty.failAtCommit(false);
    assertThat(outcome(second.send(new Fail("no room")))).isEqualTo(Outcome.UNKNOWN);
    assertThat(first.send(download).get().attemptCount()).isEqualTo(1);
    assertThat(second.send(new Fail("no room")).get().revision()).isEqualTo(2);
  }

  private static Outcome outcome(Either<Rejection, ?> answer) {
    return ((NotPersisted) answer.getLeft()).outcome();
  }

  @Test
  void aListenerThatIsKeptRefusesToWriteWithoutTheLock() {
    KeptListener.assertRefuses(store());
  }

  /** Uses a target that another program may have written. */
  @Test
  void aTargetThatIsTooLongForItsColumnIsKept() throws SQLException {
    String longest = "v".repeat(254) + "\ud83d\ude80".repeat(40) + "\\u0000";
    open().send(new Check());
    execute("UPDATE update_state SET document = '{\"phase\": \"downloading\", \"revision\": 7, "
        + "\"to_version\": \"" + longest + "\"}' WHERE id = '" + id + "'");
    UpdateState failed = open().send(new Fail("no room")).get();
    assertThat(failed.toVersion().get()).hasSize(254 + 80 + 1);
    assertThat(store().read().get().state()).isEqualTo(failed);
    assertThat(targetOf(id)).isEqualTo("v".repeat(254));
  }

  /** PostgreSQL stores no NUL, and no half of a surrogate pair. */
  @Test
  void theColumnHasAsMuchOfATargetAsItCanHold() throws SQLException {
    String rocket = "\ud83d\ude80";
    Map<String, String> columns = Map.of(
        "v".repeat(255),
        "v".repeat(255),
        "v".repeat(256),
        "v".repeat(255),
        "v".repeat(253) + rocket,
        "v".repeat(253) + rocket,
        "v".repeat(253) + rocket + "v",
        "v".repeat(253) + rocket,
        "v1\\u0000.1",
        "v1\ufffd.1");
    open().send(new Check());
    for (String target : columns.keySet()) {
      execute("UPDATE update_state SET revision = 7, document = '{\"phase\": \"downloading\","
          + " \"revision\": 7, \"to_version\": \"" + target + "\"}' WHERE id = '" + id + "'");
      assertThat(open().send(new Fail("no room")).isRight()).isTrue();
      assertThat(targetOf(id)).isEqualTo(columns.get(target));
    }
  }

  private @Nullable String targetOf(String device) throws SQLException {
    return selected("to_version", device);
  }

  @Test
  void aDocumentThatWouldBeTooLargeIsNotWritten() throws SQLException {
    open().send(new Check());
    String start = "{\"phase\": \"checking\", \"revision\": 7, \"other\": \"";
    String whole = start + "x".repeat((1 << 20) - start.length() - 2) + "\"}";
    execute("UPDATE update_state SET document = '" + whole + "' WHERE id = '" + id + "'");
    Rejection rejection = open().send(new Cancel()).getLeft();
    assertThat(outcome(Either.left(rejection))).isEqualTo(Outcome.OLD);
    assertThat(rejection.message()).contains(id, "larger than 1 MiB");
    assertThat(documentOf(id)).isEqualTo(whole);
  }

  @Test
  void aRowThatIsChangedInSpiteOfTheLockIsNotOverwritten() {
    open().send(new Check());
    UpdateLifecycle overtaken = open(new SqlStateStore(source(), id, (connection, transition) -> {
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate(
            "UPDATE update_state SET revision = revision + 1 WHERE id = '" + id + "'");
      }
    }));
    Rejection rejection = overtaken.send(new Cancel()).getLeft();
    assertThat(outcome(Either.left(rejection))).isEqualTo(Outcome.OLD);
    assertThat(rejection.message()).contains(id, "changed by another transaction");
    assertThat(store().read().get().state().revision()).isEqualTo(1);
  }

  @Test
  void aDocumentThatHasNotChangedIsNotParsedAgain() {
    open().send(new Check());
    SqlStateStore store = store();
    UpdateState first = store.read().get().state();
    assertThat(store.read().get().state()).isSameAs(first);
    open().send(new Cancel());
    assertThat(store.read().get().state().phase()).isEqualTo(Phase.IDLE);
  }

  @Test
  void theClockIsExtrapolatedWithoutTheDatabase() {
    FaultyDataSource faulty = new FaultyDataSource(source());
    SqlStateStore store = new SqlStateStore(faulty.proxy(), id);
    Duration read = store.boot().get().uptime();
    faulty.setDown(true);
    assertThat(store.boot().get().uptime()).isBetween(read, read.plusSeconds(60));
    assertThat(new SqlStateStore(faulty.proxy(), id).boot()).isEmpty();
  }

  /** A class 40 or 23 says that the database rolled back; 40003 that it does not know. */
  @ParameterizedTest
  @CsvSource({
    "40001, OLD",
    "40P01, OLD",
    "23505, OLD",
    "40003, UNKNOWN",
    "08006, UNKNOWN",
    ", UNKNOWN"
  })
  void theSqlStateOfAFailedCommitSaysWhetherItWasRolledBack(
      @Nullable String sqlState, Outcome outcome) {
    FaultyDataSource faulty = new FaultyDataSource(source());
    UpdateLifecycle lifecycle = open(new SqlStateStore(faulty.proxy(), id));
    faulty.throwInstead(() -> new SQLException("refused", sqlState));
    faulty.failAtCommit(false);
    Rejection rejection = lifecycle.send(new Check()).getLeft();
    assertThat(outcome(Either.left(rejection))).isEqualTo(outcome);
    assertThat(rejection.message()).contains(id, "cannot be committed: refused");
    assertThat(lifecycle.send(new Check()).get().revision()).isEqualTo(1);
  }

  /** Some pools give no SQLState. */
  @Test
  void aFailureWithoutASqlStateBeforeTheCommitLeavesTheOldState() {
    FaultyDataSource faulty = new FaultyDataSource(source());
    UpdateLifecycle lifecycle = open(new SqlStateStore(faulty.proxy(), id));
    faulty.throwInstead(() -> new SQLException("the connection is closed"));
    faulty.failAt("prepareStatement", false);
    Rejection rejection = lifecycle.send(new Check()).getLeft();
    assertThat(outcome(Either.left(rejection))).isEqualTo(Outcome.OLD);
    assertThat(rejection.message())
        .contains(id, "cannot be locked: the connection is closed")
        .doesNotContain("MODE=PostgreSQL");
  }

  @Test
  void openFindsOutThatAnInterruptedCommitDidNotTakePlace() {
    FaultyDataSource faulty = new FaultyDataSource(source());
    SqlStateStore store = new SqlStateStore(faulty.proxy(), id);
    UpdateLifecycle lifecycle = open(store);
    UpdateState before = lifecycle.send(new Check()).get();
    faulty.failAtCommit(false);
    assertThat(outcome(lifecycle.send(new Cancel()))).isEqualTo(Outcome.UNKNOWN);
    assertThat(store.open().get().state()).isEqualTo(before);
    faulty.setDown(true);
    assertThat(outcome(lifecycle.send(new Cancel()))).isEqualTo(Outcome.OLD);
  }

  @Test
  void openFindsOutThatAnInterruptedCommitTookPlace() {
    FaultyDataSource faulty = new FaultyDataSource(source());
    SqlStateStore store = new SqlStateStore(faulty.proxy(), id);
    UpdateLifecycle lifecycle = open(store);
    lifecycle.send(new Check());
    faulty.failAtCommit(true);
    assertThat(outcome(lifecycle.send(new Cancel()))).isEqualTo(Outcome.UNKNOWN);
    UpdateState opened = store.open().get().state();
    assertThat(opened.revision()).isEqualTo(2);
    assertThat(lifecycle.send(new Cancel())).isEqualTo(Either.right(opened));
  }

  /** Fails the n-th call to the driver, for each n, with the call made and not made. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingAcknowledgedIsLostIfAnyCallFails(boolean made) throws SQLException {
    boolean failed = true;
    int unknown = 0;
    for (int call = 1; failed; call++) {
      String device = id + "-" + made + call;
      open(posting(source(), device)).send(new Check());
      FaultyDataSource faulty = new FaultyDataSource(source());
      UpdateLifecycle lifecycle = open(posting(faulty.proxy(), device));
      UpdateEvent event = new Download("v1.1", "v1.0");
      faulty.failAt(call, made);
      Either<Rejection, UpdateState> answer = lifecycle.send(event);
      failed = faulty.hasFailed();
      UpdateState stored = new SqlStateStore(source(), device).read().get().state();
      if (answer.isRight()) {
        assertThat(stored).isEqualTo(answer.get());
      } else if (((NotPersisted) answer.getLeft()).outcome() == Outcome.OLD) {
        assertThat(stored.revision()).as("call %d", call).isEqualTo(1);
        assertThat(lifecycle.send(event).isRight()).isTrue();
      } else {
        unknown++;
        assertThat(lifecycle.send(event, 1).get().revision())
            .as("call %d", call)
            .isEqualTo(2);
        assertThat(lifecycle.send(event).get().revision()).as("a new event").isEqualTo(3);
      }
      long revision = new SqlStateStore(source(), device).read().get().state().revision();
      assertThat(posted(device))
          .as("call %d", call)
          .isEqualTo(LongStream.rangeClosed(1, revision).boxed().toList());
    }
    assertThat(unknown).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb", "a\u0000b", "a\ud800"})
  void anIdThatNoRowCanHaveIsRefused(String name) {
    assertThatThrownBy(() -> new SqlStateStore(source(), name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("id of a device");
  }

  @Test
  void anIdHasAtMost255Characters() {
    String longest = "d".repeat(255);
    assertThat(open(new SqlStateStore(source(), longest)).send(new Check()).isRight())
        .isTrue();
    assertThatThrownBy(() -> new SqlStateStore(source(), longest + "d"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aMissingTableIsReportedWithTheStatementsThatCreateIt() throws SQLException {
    execute("ALTER TABLE update_state RENAME TO renamed_state");
    try {
      String advice = "create the table with the statements of SqlStateStore.SCHEMA";
      assertThat(store().open().getLeft().message()).contains(id, advice);
      assertThat(store().read().getLeft().message()).contains(id, advice);
      Rejection rejection =
          store().exclusively((loaded, listener) -> Either.right("not reached")).getLeft();
      assertThat(rejection.message()).contains(id, advice);
    } finally {
      execute("ALTER TABLE renamed_state RENAME TO update_state");
    }
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = source().getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  @Nullable
  String documentOf(String device) throws SQLException {
    return selected("document", device);
  }

  private @Nullable String selected(String column, String device) throws SQLException {
    try (Connection connection = source().getConnection();
        PreparedStatement select =
            connection.prepareStatement("SELECT " + column + " FROM update_state WHERE id = ?")) {
      select.setString(1, device);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? rows.getString(1) : null;
      }
    }
  }
}
