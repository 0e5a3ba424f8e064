package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** {@link SqlStateStore} on a PostgreSQL server, whose connections are cut and which is killed. */
class PostgresStateStoreTest extends SqlStateStoreContract {
  private static final UpdateEvent EVENT = new Download("v1.1", "v1.0");

  @TempDir
  private static Path data;

  /** The time that a killed server may take to start, on a disk under load. */
  private static final Duration RECOVERY = Duration.ofMinutes(2);

  private static EmbeddedPostgres server;

  @BeforeAll
  static void start() throws IOException {
    server = started(0);
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private static EmbeddedPostgres started(int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setPort(port)
        .setPGStartupWait(RECOVERY)
        .start();
  }

  @Override
  DataSource source() {
    return source(server.getPort());
  }

  private static DataSource source(int port) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {"127.0.0.1"});
    source.setPortNumbers(new int[] {port});
    source.setUser("postgres");
    source.setDatabaseName("postgres");
    source.setSslMode("disable");
    source.setGssEncMode("disable");
    source.setConnectTimeout(10);
    source.setSocketTimeout(20);
    return source;
  }

  @Test
  void aServerThatAnswersBeforeACommitIsDurableIsAWarning() {
    assertThat(store().open().get().warnings()).isEmpty();
    PGSimpleDataSource careless = (PGSimpleDataSource) source();
    careless.setOptions("-c synchronous_commit=off");
    assertThat(new SqlStateStore(careless, "careless").open().get().warnings())
        .singleElement()
        .asString()
        .contains("synchronous_commit is off", "power loss");
  }

  /** Cuts at every byte near the commit, and at some bytes of what comes before. */
  @Test
  void nothingAcknowledgedIsLostIfTheConnectionIsCutAnywhere() throws IOException {
    try (CuttingProxy proxy = new CuttingProxy(server.getPort())) {
      proxy.heal();
      DataSource throughProxy = source(proxy.port());
      UpdateLifecycle whole = open(new SqlStateStore(throughProxy, device('w', 0)));
      proxy.heal();
      whole.send(EVENT);
      long sent = proxy.sent();
      long received = proxy.received();
      int[] unknown = new int[2];
      for (long bytes : cuts(sent)) {
        unknown[0] += cut(proxy, throughProxy, bytes, Long.MAX_VALUE) ? 1 : 0;
      }
      for (long bytes : cuts(received)) {
        unknown[1] += cut(proxy, throughProxy, Long.MAX_VALUE, bytes) ? 1 : 0;
      }
      assertThat(unknown[0]).as("cut before the commit was received").isPositive();
      assertThat(unknown[1]).as("cut before the commit was answered").isPositive();
    }
  }

  private static Set<Long> cuts(long bytes) {
    Set<Long> cuts = new TreeSet<>();
    LongStream.iterate(0, at -> at < bytes, at -> at + 97).forEach(cuts::add);
    LongStream.range(Math.max(0, bytes - 60), bytes).forEach(cuts::add);
    return cuts;
  }

  /** Returns names of one length, so that each of them takes the same number of bytes. */
  private static String device(char direction, long bytes) {
    return String.format(Locale.ROOT, "cut-%c-%06d", direction, bytes);
  }

  /** Returns whether the outcome was unknown. */
  private boolean cut(CuttingProxy proxy, DataSource throughProxy, long toServer, long fromServer) {
    String device = toServer < fromServer ? device('s', toServer) : device('r', fromServer);
    UpdateLifecycle lifecycle = open(new SqlStateStore(throughProxy, device));
    proxy.cutAfter(toServer, fromServer);
    Either<Rejection, UpdateState> answer = lifecycle.send(EVENT);
    proxy.heal();
    if (answer.isRight()) { // Only the farewell to the server was cut.
      assertThat(stored(device)).isEqualTo(answer.get());
      return false;
    }
    NotPersisted failure = (NotPersisted) answer.getLeft();
    UpdateState again = lifecycle.send(EVENT, 0).get();
    assertThat(again.revision()).as(device).isEqualTo(1);
    assertThat(stored(device)).isEqualTo(again);
    return failure.outcome() == Outcome.UNKNOWN;
  }

  private UpdateState stored(String device) {
    return new SqlStateStore(source(), device).read().get().state();
  }

  @Test
  void nothingAcknowledgedIsLostWhenTheServerIsKilled() throws Exception {
    for (int round = 0; round < 3; round++) {
      List<Sender> senders = new ArrayList<>();
      AtomicBoolean killed = new AtomicBoolean();
      for (int i = 0; i < 4; i++) {
        Sender sender = new Sender(
            open(new SqlStateStore(source(), "killed-" + i, (c, t) -> {}, Duration.ofSeconds(5))),
            killed);
        senders.add(sender);
        sender.start();
      }
      Thread.sleep(500);
      int port = server.getPort();
      killServer();
      killed.set(true);
      for (Sender sender : senders) {
        sender.join();
      }
      server.close();
      server = started(port);
      for (int i = 0; i < senders.size(); i++) {
        senders.get(i).check(new SqlStateStore(source(), "killed-" + i));
      }
    }
  }

  /**
   * Kills the server and its backends. The server is stopped first: a backend that it starts meanwhile
   * would outlive it, and a server does not start beside one.
   */
  private static void killServer() throws IOException, InterruptedException {
    Path pidFile = data.resolve("postmaster.pid");
    String pid = Files.readString(pidFile, UTF_8).lines().findFirst().orElseThrow();
    ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
    int stopped =
        new ProcessBuilder("kill", "-STOP", pid.strip()).inheritIO().start().waitFor();
    assertThat(stopped).isZero();
    List<ProcessHandle> backends = postmaster.descendants().toList();
    postmaster.destroyForcibly();
    backends.forEach(ProcessHandle::destroyForcibly);
    while (postmaster.isAlive() || backends.stream().anyMatch(ProcessHandle::isAlive)) {
      Thread.sleep(20);
    }
  }

  /** Sends events until the server is killed. */
  private static final class Sender extends Thread {
    private final UpdateLifecycle lifecycle;
    private final AtomicBoolean killed;
    private final long before;
    private long acknowledged;
    private boolean unknown;
    private UpdateEvent last = EVENT;

    Sender(UpdateLifecycle lifecycle, AtomicBoolean killed) {
      this.lifecycle = lifecycle;
      this.killed = killed;
      this.before = lifecycle.state().revision();
      this.acknowledged = before;
    }

    @Override
    public void run() {
      for (int i = 0; !killed.get(); i++) {
        last = new Download("v" + i, "v1.0");
        Either<Rejection, UpdateState> answer = lifecycle.send(last);
        if (answer.isRight()) {
          acknowledged = answer.get().revision();
        } else {
          unknown = answer.getLeft() instanceof NotPersisted failure
              && failure.outcome() == Outcome.UNKNOWN;
          return;
        }
      }
    }

    void check(SqlStateStore store) {
      long stored = store.read().get().state().revision();
      assertThat(acknowledged).isGreaterThan(before);
      assertThat(stored).isBetween(acknowledged, acknowledged + (unknown ? 1 : 0));
      if (unknown) {
        assertThat(lifecycle.send(last).get().revision()).isEqualTo(acknowledged + 1);
      }
    }
  }

  @Test
  void aFirstEventThatIsSentTwiceIsTwoEvents() {
    UpdateLifecycle lifecycle = open();
    assertThat(lifecycle.send(EVENT).get().revision()).isEqualTo(1);
    assertThat(lifecycle.send(EVENT).get().revision()).isEqualTo(2);
    assertThat(lifecycle.send(new Check()).isLeft()).isTrue();
  }
}
