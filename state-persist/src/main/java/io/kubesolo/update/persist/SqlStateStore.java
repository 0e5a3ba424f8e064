package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.core.Arguments;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.SqlOutcomes.Unknown;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The state of one device in a row of a database: for a service that keeps the lifecycles of many
 * devices. The row holds the document that {@link StateFile} writes, and some of its values as
 * columns for queries. A missing row is a fresh idle state; the first accepted event inserts it.
 *
 * <p>The database's commit makes an event durable, and {@code SELECT ... FOR UPDATE} makes one
 * writer wait for the other, in this process or another. PostgreSQL is the database to use. H2 in
 * its mode {@code PostgreSQL} is for trials; H2 does not fsync each commit.
 *
 * <p>If the connection is lost during a commit, the event is answered {@code UNKNOWN}. The next
 * event of this device that goes through the same {@link DataSource} finds out whether it was
 * committed; it first waits for the interrupted transaction. If this process ends before that, the
 * event that is sent again is a new event; a service that sends with the revision it knows ({@code
 * ifRevision}) is then answered {@code Stale}.
 *
 * <p>Each call takes one connection from the data source and gives it back. Give the data source a
 * timeout for connecting and for reading, longer than {@link #LOCK_DEADLINE}: this store has none
 * of its own for a database that does not answer. While an event is handled, the connection has
 * the isolation level READ COMMITTED and no auto-commit; before it is given back, it gets its
 * former settings again.
 *
 * <p>Safe for use by several threads. Small: a service may make one for each call.
 */
public final class SqlStateStore implements StateStore {
  /** How long a writer waits for another one of the same row. */
  public static final Duration LOCK_DEADLINE = Duration.ofSeconds(10);

  /**
   * The statements that create the table and its indexes if they are missing. A service that
   * manages its schema with a tool of its own gives them to that tool.
   */
  public static final List<String> SCHEMA = List.of(
      """
      CREATE TABLE IF NOT EXISTS update_state (
        id VARCHAR(255) PRIMARY KEY,
        revision BIGINT NOT NULL,
        phase VARCHAR(16) NOT NULL,
        to_version VARCHAR(255),
        failed BOOLEAN NOT NULL,
        updated_at TIMESTAMP(6) WITH TIME ZONE,
        document TEXT NOT NULL
      )""",
      "CREATE INDEX IF NOT EXISTS update_state_phase ON update_state (phase, to_version)",
      "CREATE INDEX IF NOT EXISTS update_state_failed ON update_state (failed, updated_at)");

  private static final String READ =
      "SELECT document, CURRENT_TIMESTAMP, revision FROM update_state WHERE id = ?";
  private static final String LOCK = READ + " FOR UPDATE";
  private static final String INSERT = """
      INSERT INTO update_state (id, revision, phase, failed, document)
      VALUES (?, 0, ?, FALSE, '') ON CONFLICT DO NOTHING""";
  private static final String UPDATE = """
      UPDATE update_state
      SET revision = ?, phase = ?, to_version = ?, failed = ?, updated_at = ?, document = ?
      WHERE id = ? AND revision = ?""";

  /** Waiting ended by the query's timeout, by H2's lock timeout, or by PostgreSQL's. */
  private static final Set<String> LOCK_TIMEOUTS = Set.of("57014", "HYT00", "55P03");

  /** A missing table: PostgreSQL's, H2's, and H2's for an empty or a similar one. */
  private static final Set<String> NO_TABLE = Set.of("42P01", "42S02", "42S03", "42S04");

  /** H2's, and those of other databases. */
  private static final Set<String> SYNTAX_ERRORS = Set.of("42000", "42001", "42601");

  private static final String SETTINGS =
      "SELECT current_setting('fsync'), current_setting('synchronous_commit')";

  /** With the boot of a service's host, each restart of that host would be one of all devices. */
  private static final String NOT_THE_DATABASES_BOOT =
      "the event has the boot of this host, and must have the database's:"
          + " open the lifecycle with settings.withBoot(store::boot)";

  private static final int MAX_ID = 255;

  /** In UTF-16 code units: H2 counts these, PostgreSQL characters. */
  private static final int MAX_VERSION_COLUMN = 255;

  private final DataSource source;
  private final String id;
  private final TransactionListener listener;
  private final Duration lockDeadline;
  private final SqlOutcomes outcomes;

  /** The row as it was last read, so that a document that has not changed is not parsed again. */
  private volatile @Nullable Row lastRead;

  /** The database's clock as it was last read; null before the first read. */
  private volatile @Nullable ClockReading clock;

  /**
   * Names a row. Nothing is read or created yet.
   *
   * @param source gives connections to the database, in which the {@link #SCHEMA} is
   * @param id the device, 1 to 255 characters, not blank, without control characters and lone
   *     surrogates
   * @throws IllegalArgumentException if the id is not valid, or an argument is null
   */
  public SqlStateStore(DataSource source, String id) {
    this(source, id, (connection, transition) -> {});
  }

  /**
   * Names a row, and what else is written with it. Nothing is read or created yet.
   *
   * @param source gives connections to the database, in which the {@link #SCHEMA} is
   * @param id the device, 1 to 255 characters, not blank, without control characters and lone
   *     surrogates
   * @param listener writes more in the transaction of each accepted event
   * @throws IllegalArgumentException if the id is not valid, or an argument is null
   */
  public SqlStateStore(DataSource source, String id, TransactionListener listener) {
    this(source, id, listener, LOCK_DEADLINE);
  }

  SqlStateStore(DataSource source, String id, TransactionListener listener, Duration lockDeadline) {
    this.source = Arguments.requireNonNull(source, "the data source");
    this.id = requireValid(Arguments.requireNonNull(id, "the id of the device"));
    this.listener = Arguments.requireNonNull(listener, "the listener");
    this.lockDeadline = lockDeadline;
    this.outcomes = SqlOutcomes.of(source);
  }

  /** Writes more in the transaction of an accepted event, such as a message in an outbox. */
  @FunctionalInterface
  public interface TransactionListener {
    /**
     * Writes in the transaction of the event: both are committed, or neither. Called after the row
     * is locked and before it is written.
     *
     * @param connection the connection of the transaction, which must not be committed, rolled back
     *     or closed here
     * @param transition the transition
     * @throws SQLException if it cannot be written; the event is answered {@code OLD} then, as
     *     after an unchecked exception
     */
    void onAccepted(Connection connection, Transition transition) throws SQLException;
  }

  private static String requireValid(String id) {
    boolean valid = !id.isBlank()
        && id.length() <= MAX_ID
        && id.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    if (!valid) {
      throw new IllegalArgumentException("the id of a device has 1 to 255 characters, is not blank"
          + " and holds no control character and no lone surrogate");
    }
    return id;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Warns if the PostgreSQL server is configured to answer a commit before it is durable.
   */
  @Override
  public Either<StoreFailure, Loaded> open() {
    return (outcomes.isUnknown(id) ? settled() : read())
        .map(loaded -> new Loaded(
            loaded.state(),
            Stream.concat(loaded.warnings().stream(), serverWarnings(source).stream())
                .toList()));
  }

  /** Reads under the lock, and so waits for an interrupted transaction. */
  private Either<StoreFailure, Loaded> settled() {
    return locked((row, connection) -> row.map(read -> loaded(read.document())));
  }

  @Override
  public Either<StoreFailure, Loaded> read() {
    try (Connection connection = source.getConnection()) {
      return select(connection, READ, 0).map(row -> loaded(row.document()));
    } catch (SQLException e) {
      return Either.left(new Unreadable(name(), "cannot be read: " + text(e) + advice(e), false));
    }
  }

  @Override
  public <T> Either<Rejection, T> exclusively(
      BiFunction<Loaded, PersistListener, Either<Rejection, T>> work) {
    Arguments.requireNonNull(work, "the work");
    AtomicReference<@Nullable Unknown> made = new AtomicReference<>();
    try {
      Either<StoreFailure, Either<Rejection, T>> answer =
          locked((row, connection) -> row.map(read -> {
            try (RowListener rowListener = new RowListener(connection, read, made)) {
              return work.apply(loaded(read.document()), rowListener);
            }
          }));
      return answer.isLeft() ? Either.left(answer.getLeft()) : answer.get();
    } catch (RuntimeException | Error e) {
      // The caller gets no answer, and sends the event again.
      Option.of(made.get()).forEach(unanswered -> outcomes.add(id, unanswered));
      throw e;
    }
  }

  /** What is done with the row while it is locked. */
  private interface LockedWork<T> {
    Either<StoreFailure, T> apply(Either<StoreFailure, Row> row, Connection connection);
  }

  private <T> Either<StoreFailure, T> locked(LockedWork<T> work) {
    Connection connection;
    try {
      connection = source.getConnection();
    } catch (SQLException e) {
      return Either.left(unreachable(e));
    }
    Option<Borrowed> before = Option.none();
    long start = System.nanoTime();
    try {
      before = Option.some(Borrowed.of(connection));
      before.get().begin();
      return work.apply(lock(connection), connection);
    } catch (SQLException e) {
      return Either.left(LOCK_TIMEOUTS.contains(sqlState(e)) ? busy(start) : unreachable(e));
    } finally {
      end(connection, before);
    }
  }

  /**
   * The settings of a connection that the store changes while it uses it. At a higher isolation
   * level than READ COMMITTED, PostgreSQL does not make the second of two writers wait, but fails
   * it.
   */
  private record Borrowed(Connection connection, boolean autoCommit, int isolation) {
    static Borrowed of(Connection connection) throws SQLException {
      return new Borrowed(
          connection, connection.getAutoCommit(), connection.getTransactionIsolation());
    }

    void begin() throws SQLException {
      setIsolation(Connection.TRANSACTION_READ_COMMITTED);
      connection.setAutoCommit(false);
    }

    void giveBack() throws SQLException {
      setIsolation(isolation);
      connection.setAutoCommit(autoCommit);
    }

    private void setIsolation(int level) throws SQLException {
      if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
        connection.setTransactionIsolation(level);
      }
    }
  }

  private Either<StoreFailure, Row> lock(Connection connection) throws SQLException {
    long start = System.nanoTime();
    Either<StoreFailure, Row> row = select(connection, LOCK, secondsLeft(start));
    if (row.exists(Row::isMissing)) {
      try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
        insert.setQueryTimeout(secondsLeft(start));
        insert.setString(1, id);
        insert.setString(2, Phase.IDLE.wireName());
        insert.executeUpdate();
      }
      row = select(connection, LOCK, secondsLeft(start));
    }
    row.peek(read -> outcomes.settle(id, read.text()));
    return row;
  }

  private int secondsLeft(long start) {
    long left = lockDeadline.minusNanos(System.nanoTime() - start).toSeconds();
    return (int) Math.max(1, left);
  }

  /** Reads the row together with the database's clock. */
  private Either<StoreFailure, Row> select(Connection connection, String sql, int seconds)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setQueryTimeout(seconds);
      select.setString(1, id);
      try (ResultSet rows = select.executeQuery()) {
        if (!rows.next()) {
          return Either.right(fresh());
        }
        String text = rows.getString(1);
        Instant now = rows.getObject(2, OffsetDateTime.class).toInstant();
        clock = ClockReading.of(now);
        long revision = rows.getLong(3);
        return text.isEmpty() && revision == 0 ? Either.right(fresh()) : parse(text, revision);
      }
    }
  }

  private Row fresh() {
    return new Row("", 0, Document.of(UpdateState.fresh(Instant.now())));
  }

  private Either<StoreFailure, Row> parse(String text, long revision) {
    Row last = lastRead;
    Either<StoreFailure, Document> parsed = last != null && last.text().equals(text)
        ? Either.right(last.document())
        : StateReader.read(text.getBytes(UTF_8))
            .mapLeft(problem ->
                new Unreadable(name(), problem.replaceFirst("^the file ", "the document "), true));
    return parsed.map(document -> {
      Row row = new Row(text, revision, document);
      lastRead = row;
      return row;
    });
  }

  private static Loaded loaded(Document document) {
    return new Loaded(document.state(), document.warnings());
  }

  /**
   * Rolls back what was not committed, and gives the connection back. If that fails, the answer to
   * the event is still the one that its commit had.
   */
  private static void end(Connection connection, Option<Borrowed> before) {
    try (connection) {
      connection.rollback();
      if (before.isDefined()) {
        before.get().giveBack();
      }
    } catch (SQLException | RuntimeException e) {
      // The connection is lost, and the database rolls back what it had not committed.
    }
  }

  /**
   * Returns the moment of the database's clock, for the settings of a lifecycle over this row: then
   * ages and deadlines are the same on every instance of a service. Between events it is
   * extrapolated from the last read.
   *
   * @return the moment, with the id {@link Boot#DATABASE}; none if the database cannot be asked
   */
  public Option<Boot> boot() {
    ClockReading last = clock;
    return last == null ? askedBoot() : Option.some(last.now());
  }

  private Option<Boot> askedBoot() {
    try (Connection connection = source.getConnection();
        PreparedStatement select = connection.prepareStatement("SELECT CURRENT_TIMESTAMP");
        ResultSet rows = select.executeQuery()) {
      rows.next();
      Instant now = rows.getObject(1, OffsetDateTime.class).toInstant();
      ClockReading reading = ClockReading.of(now);
      clock = reading;
      return Option.some(reading.now());
    } catch (SQLException e) {
      return Option.none();
    }
  }

  /**
   * Returns a warning for each setting by which a PostgreSQL server answers a commit before it is
   * durable. The server is asked once. A service that opens a store for each call reports them when
   * it starts.
   *
   * @param source gives connections to the database
   * @return the warnings; empty if there are none, for another database, or if it cannot be asked
   * @throws IllegalArgumentException if the source is null
   */
  public static List<String> serverWarnings(DataSource source) {
    return SqlOutcomes.of(Arguments.requireNonNull(source, "the data source"))
        .serverWarnings(() -> askedServerWarnings(source));
  }

  private static Option<List<String>> askedServerWarnings(DataSource source) {
    try (Connection connection = source.getConnection()) {
      if (!connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
        return Option.some(List.of());
      }
      try (PreparedStatement select = connection.prepareStatement(SETTINGS);
          ResultSet rows = select.executeQuery()) {
        rows.next();
        return Option.some(serverWarnings(rows.getString(1), rows.getString(2)));
      }
    } catch (SQLException e) {
      return Option.none();
    }
  }

  private static List<String> serverWarnings(String fsync, String synchronousCommit) {
    String consequence = " on the database server: a power loss may lose acknowledged events";
    List<String> warnings = new ArrayList<>();
    if (fsync.equals("off")) {
      warnings.add("fsync is off" + consequence);
    }
    if (synchronousCommit.equals("off")) {
      warnings.add("synchronous_commit is off" + consequence);
    }
    return warnings;
  }

  private String name() {
    return "row '" + id + "' of update_state";
  }

  /**
   * Returns the failure to lock the row. Nothing was changed, but an earlier commit may still have
   * an unknown outcome.
   */
  private NotPersisted unreachable(SQLException e) {
    Outcome outcome = outcomes.isUnknown(id) ? Outcome.UNKNOWN : Outcome.OLD;
    return new NotPersisted(name(), "cannot be locked: " + text(e) + advice(e), outcome);
  }

  /** Returns the failure for a row that is locked; the database may wait less than the deadline. */
  private Busy busy(long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Busy(
        name(),
        String.format(
            Locale.ROOT, "locked by another transaction for %.1f s; send again later", seconds));
  }

  /** Returns what the driver says, on one line. */
  private static String text(SQLException e) {
    String message = Objects.requireNonNullElse(e.getMessage(), e.getClass().getName());
    return message.replaceAll("\\p{Cntrl}+", " ").strip() + " (SQLState " + e.getSQLState() + ")";
  }

  /** Returns the SQLState of an exception; empty if it has none, as some of a pool have not. */
  private static String sqlState(SQLException e) {
    return Objects.requireNonNullElse(e.getSQLState(), "");
  }

  /** Returns what to do about a statement of this class that the database does not accept. */
  private static String advice(SQLException e) {
    String state = sqlState(e);
    if (NO_TABLE.contains(state)) {
      return "; create the table with the statements of SqlStateStore.SCHEMA";
    }
    return SYNTAX_ERRORS.contains(state)
        ? "; the database must be PostgreSQL, or H2 with MODE=PostgreSQL in its URL"
        : "";
  }

  /**
   * The row as it was read.
   *
   * @param text the document as it is stored; empty if the row is missing, or was just inserted
   * @param revision the column
   * @param document the document
   */
  private record Row(String text, long revision, Document document) {
    boolean isMissing() {
      return text.isEmpty();
    }
  }

  /**
   * The database's clock at a moment of this process.
   *
   * @param uptime the time since 1970
   * @param at when it was read, by {@link System#nanoTime}
   */
  private record ClockReading(Duration uptime, long at) {
    static ClockReading of(Instant now) {
      return new ClockReading(Duration.between(Instant.EPOCH, now), System.nanoTime());
    }

    Boot now() {
      return new Boot(Boot.DATABASE, uptime.plusNanos(System.nanoTime() - at));
    }
  }

  /** Writes the row after an accepted event, and commits. */
  private final class RowListener implements PersistListener, AutoCloseable {
    private final Connection connection;
    private final Row before;

    /** Gets the event that made the row, once it is committed. */
    private final AtomicReference<@Nullable Unknown> made;

    private volatile boolean closed;

    RowListener(Connection connection, Row before, AtomicReference<@Nullable Unknown> made) {
      this.connection = connection;
      this.before = before;
      this.made = made;
    }

    @Override
    public void close() {
      closed = true;
    }

    private void requireLocked() {
      if (closed) {
        throw new IllegalStateException("the lock of " + name() + " was released before");
      }
    }

    @Override
    public Option<Either<NotPersisted, UpdateState>> onResent(UpdateEvent event) {
      requireLocked();
      UpdateState state = before.document().state();
      Unknown resent = new Unknown(event, before.text());
      return Option.when(outcomes.takeIfMade(id, event), () -> {
        made.set(resent);
        return Either.right(state);
      });
    }

    @Override
    public Either<NotPersisted, UpdateState> onAccepted(Transition transition) {
      requireLocked();
      if (transition.after().boot().exists(boot -> !boot.id().equals(Boot.DATABASE))) {
        return Either.left(new NotPersisted(name(), NOT_THE_DATABASES_BOOT, Outcome.OLD));
      }
      Option<EncodedDocument> next =
          EncodedDocument.fitting(before.document().with(transition.after()));
      if (next.isEmpty()) {
        return Either.left(new NotPersisted(name(), EncodedDocument.TOO_LARGE, Outcome.OLD));
      }
      UpdateState state = next.get().document().state();
      String text = new String(next.get().bytes(), UTF_8);
      Option<NotPersisted> failure =
          write(transition, state, text).orElse(() -> commit(transition.event(), text));
      return failure.isDefined() ? Either.left(failure.get()) : Either.right(state);
    }

    /**
     * Calls the listener first: if it hides a statement that failed, PostgreSQL refuses the one
     * that follows, but answers the commit as if it had been made.
     */
    private Option<NotPersisted> write(Transition transition, UpdateState state, String text) {
      try {
        listener.onAccepted(connection, transition);
        return update(state, text) == 0 ? Option.some(overtaken()) : Option.none();
      } catch (SQLException e) {
        return Option.some(notWritten(text(e)));
      } catch (RuntimeException e) {
        return Option.some(notWritten(UpdateEvent.Fail.of(e).error()));
      }
    }

    private NotPersisted notWritten(String problem) {
      return new NotPersisted(name(), "cannot be written: " + problem, Outcome.OLD);
    }

    private int update(UpdateState state, String text) throws SQLException {
      try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
        update.setLong(1, state.revision());
        update.setString(2, state.phase().wireName());
        update.setString(3, state.toVersion().map(SqlStateStore::column).getOrNull());
        update.setBoolean(4, state.lastError().isDefined());
        update.setObject(
            5, state.updatedAt().map(time -> time.atOffset(ZoneOffset.UTC)).getOrNull());
        update.setString(6, text);
        update.setString(7, id);
        update.setLong(8, before.revision());
        return update.executeUpdate();
      }
    }

    /** Returns the failure for a database that returned the row as it was before it was locked. */
    private NotPersisted overtaken() {
      return new NotPersisted(
          name(), "changed by another transaction in the meantime; send again", Outcome.OLD);
    }

    private Option<NotPersisted> commit(UpdateEvent event, String text) {
      Unknown cutOff = new Unknown(event, text);
      try {
        connection.commit();
        made.set(cutOff);
        return Option.none();
      } catch (SQLException e) {
        if (isRolledBack(e)) {
          return Option.some(notCommitted(text(e), Outcome.OLD));
        }
        outcomes.add(id, cutOff);
        return Option.some(notCommitted(text(e), Outcome.UNKNOWN));
      } catch (RuntimeException e) {
        outcomes.add(id, cutOff);
        return Option.some(notCommitted(UpdateEvent.Fail.of(e).error(), Outcome.UNKNOWN));
      } catch (Error e) {
        outcomes.add(id, cutOff);
        throw e;
      }
    }

    private NotPersisted notCommitted(String problem, Outcome outcome) {
      return new NotPersisted(name(), "cannot be committed: " + problem, outcome);
    }
  }

  /** Returns a version as the column for queries can hold it; the document has all of it. */
  private static String column(String version) {
    String text = version.replace('\0', '\ufffd');
    int end = Math.min(MAX_VERSION_COLUMN, text.length());
    boolean splitsPair = end < text.length() && Character.isHighSurrogate(text.charAt(end - 1));
    return text.substring(0, splitsPair ? end - 1 : end);
  }

  /** Returns whether a failed commit is known to have been rolled back. */
  private static boolean isRolledBack(SQLException e) {
    String state = sqlState(e);
    return (state.startsWith("40") && !state.equals("40003")) || state.startsWith("23");
  }
}
