package io.kubesolo.update.fleet;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.stereotype.Component;

/**
 * Wakes the readers of the log when an instance of the service has written to it, by LISTEN and
 * NOTIFY of PostgreSQL over a connection of its own. Notifications only make it faster: readers
 * also poll each second, so nothing is missed while the connection is down.
 *
 * <p>NOTIFY is sent after the commit, and at most each {@link #PACE}, because PostgreSQL commits
 * transactions that notify one after the other.
 */
@Component
final class TransitionNotifier {
  private static final Logger LOG = LoggerFactory.getLogger(TransitionNotifier.class);
  private static final Duration PACE = Duration.ofMillis(100);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final DataSourceProperties properties;
  private final TransitionLog log;
  private final AtomicBoolean isWritten = new AtomicBoolean();
  private volatile boolean isListening;
  private final Phaser signals = new Phaser(1);

  TransitionNotifier(DataSourceProperties properties, TransitionLog log) {
    this.properties = properties;
    this.log = log;
    if (log.isPostgres()) {
      Thread thread = new Thread(this::run, "fleet-notifier");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Notifies all instances within {@link #PACE} that this one has written. */
  void notifyReaders() {
    isWritten.set(true);
    if (!log.isPostgres()) {
      wake();
    }
  }

  /** Returns how often the readers were woken. */
  int signals() {
    return signals.getPhase();
  }

  /** Waits until the readers were woken more often, a second is over, or the service stops. */
  void await(int seen) throws InterruptedException {
    try {
      signals.awaitAdvanceInterruptibly(seen, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // The reader polls by itself.
    }
  }

  private synchronized void wake() {
    signals.arrive();
  }

  private void run() {
    while (isRunning()) {
      try {
        listen();
      } catch (SQLException e) {
        if (isRunning() && isListening) {
          LOG.warn("transitions of other instances are seen up to 1 s later: {}", e.getMessage());
        }
        isListening = false;
        isWritten.set(true);
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private void listen() throws SQLException {
    try (Connection connection = properties
            .initializeDataSourceBuilder()
            .type(SimpleDriverDataSource.class)
            .build()
            .getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("LISTEN fleet_transition");
      isListening = true;
      wake();
      while (isRunning()) {
        if (isWritten.getAndSet(false)) {
          statement.execute("NOTIFY fleet_transition");
        }
        PGConnection server = connection.unwrap(PGConnection.class);
        if (server.getNotifications((int) PACE.toMillis()).length > 0) {
          wake();
        }
      }
    }
  }

  boolean isRunning() {
    return !signals.isTerminated();
  }

  /** Ends the streams, because the server would wait for them. */
  @EventListener(ContextClosedEvent.class)
  void stop() {
    signals.forceTermination();
  }
}
