package io.kubesolo.update.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.kubesolo.update.benchmarks.Life;
import io.kubesolo.update.benchmarks.Report;
import io.kubesolo.update.benchmarks.Result;
import io.kubesolo.update.benchmarks.Rounds;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.fleet.FleetClient.Answer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/**
 * Measures the fleet service with many devices: two instances over PostgreSQL, of which one is
 * killed in the middle and started again. Each device gets ten events on average, always for the
 * revision that it has; then every event is looked up in the rows and in the log. {@code
 * examples/benchmarks/run Fleet} runs it; its results are in the README of the benchmarks.
 */
final class FleetLoad implements AutoCloseable {
  static final int SENDERS = 16;

  private static final JsonMapper JSON = new JsonMapper();
  private static final String ID = "device-";
  private static final int WARM_UP = 100;
  private static final int REQUESTS = 1000;
  private static final int MAX_ATTEMPTS = 1000;

  private final Path jar;
  private final Path folder;
  private final List<String> flags;
  private final EmbeddedPostgres server;
  private final HikariDataSource source;
  private final AtomicReferenceArray<FleetProcess> instances = new AtomicReferenceArray<>(2);

  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong found = new AtomicLong();
  private final AtomicLong done = new AtomicLong();
  private volatile Future<Void> restarted = new CompletableFuture<>();

  /** Starts PostgreSQL, which flushes each commit, and two instances of the service. */
  FleetLoad(Path jar, Path folder, String... flags) throws IOException, InterruptedException {
    this.jar = jar;
    this.folder = folder;
    this.flags = List.of(flags);
    this.server = EmbeddedPostgres.builder()
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setDataDirectory(Files.createDirectory(folder.resolve("data")))
        .start();
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(address());
    config.setMaximumPoolSize(SENDERS);
    this.source = new HikariDataSource(config);
    for (int i = 0; i < instances.length(); i++) {
      instances.set(i, start());
    }
    for (int i = 0; i < instances.length(); i++) {
      instances.get(i).awaitReady();
    }
  }

  private String address() {
    return server.getJdbcUrl("postgres", "postgres");
  }

  /** Starts the service without limits of phases: it would end an overdue phase by an event. */
  private FleetProcess start() throws IOException {
    return FleetProcess.start(
        jar,
        folder,
        "fleet.log",
        flags,
        "--fleet.database=" + address(),
        "--fleet.deadlines.checking=0s",
        "--fleet.deadlines.downloading=0s",
        "--fleet.deadlines.verifying=0s");
  }

  HikariDataSource database() {
    return source;
  }

  FleetProcess instance() {
    return instances.get(0);
  }

  /** The events and rows in the database that are not as they must be. */
  record Found(long lost, long twice, long wrongRows) {
    boolean isComplete() {
      return lost == 0 && twice == 0 && wrongRows == 0;
    }
  }

  /**
   * Measures the part Fleet or Counts, and writes the results into a README.
   *
   * @param arguments the README, the part, and the packaged service
   */
  public static void main(String[] arguments) throws Exception {
    Path readme = Path.of(arguments[0]).toAbsolutePath();
    try (FleetLoad fleet = started(Path.of(arguments[2]))) {
      int devices = Rounds.size(100_000);
      if (arguments[1].equals("Counts")) {
        Report.replace(readme, "counts", fleet.counts(devices));
      } else {
        List<Result> results =
            SqlContenders.measure(fleet.database(), fleet.instance(), Rounds.size(1_000));
        Report.replace(readme, "fleet", fleet.run(devices));
        Report.write(readme, results);
      }
    }
  }

  private static FleetLoad started(Path jar) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(Path.of("target"), "fleet-").toAbsolutePath();
    return new FleetLoad(jar, folder, "-XX:+UseSerialGC", "-Xmx256m");
  }

  /** Sends the events of a number of devices, and returns a table of the results. */
  List<String> run(int devices) throws Exception {
    execute("TRUNCATE update_state, fleet_transition");
    int first = devices / 100;
    long total = total(devices);
    long start = System.nanoTime();
    send(0, first, total / 2);
    double seconds = (System.nanoTime() - start) / 1e9;
    double few = liveMiB();
    start = System.nanoTime();
    send(first, devices, total / 2);
    seconds += (System.nanoTime() - start) / 1e9;
    restarted.get();
    double many = liveMiB();
    Found result = look(devices);
    if (!result.isComplete()) {
      throw new IllegalStateException(result.toString());
    }
    return List.of(
        "| | |",
        "| --- | ---: |",
        line("devices", "%,d", devices),
        line("events", "%,d", total),
        line("of them: answered by 200", "%,d", answered.get()),
        line("of them: without an answer, and found when the device was read", "%,d", found.get()),
        line("lost", "%,d", result.lost()),
        line("twice", "%,d", result.twice()),
        line("events/s", "%,.0f", total / seconds),
        line("live heap of an instance with %,d devices, MiB".formatted(first), "%.1f", few),
        line("live heap of it with %,d devices, MiB".formatted(devices), "%.1f", many));
  }

  private static String line(String name, String format, Object value) {
    return "| " + name + " | " + String.format(Locale.ROOT, format, value) + " |";
  }

  /** Returns how many events a device gets, so that the devices end in seven phases. */
  static int events(int device) {
    return Life.LENGTH + (device + 3) % Life.LENGTH;
  }

  private static long total(int devices) {
    return IntStream.range(0, devices).map(FleetLoad::events).asLongStream().sum();
  }

  /** Sends the events of some devices, and kills an instance once so many of all are done. */
  private void send(int first, int end, long kill) throws Exception {
    int devices = end - first;
    all(2 * Life.LENGTH * devices, devices, (index, revision) -> {
      int device = first + index;
      if (revision < events(device)) {
        deliver(device, revision);
        if (done.incrementAndGet() == kill) {
          restarted = CompletableFuture.runAsync(this::restart);
        }
      }
    });
  }

  /** Sends an event until it is known to be accepted, to one instance and then the other. */
  private void deliver(int device, int revision) throws Exception {
    UpdateEvent event = Life.event(revision);
    boolean isUnknown = false;
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      FleetProcess instance = instances.get((device + attempt) % instances.length());
      try {
        if (isUnknown && instance.revision(ID + device) == revision + 1) {
          found.incrementAndGet();
          return;
        }
        Answer answer = instance.send(ID + device, event, revision);
        if (answer.status() == 200) {
          answered.incrementAndGet();
          return;
        }
        // An event without an answer may be committed after the device was read.
        if (!isUnknown || answer.status() != 412) {
          throw new IllegalStateException(answer.response().body());
        }
      } catch (ConnectException e) {
        Thread.sleep(attempt == 0 ? 0 : 10);
      } catch (IOException e) {
        isUnknown = true;
      }
    }
    throw new IllegalStateException("no instance answers");
  }

  private void restart() {
    try {
      instances.get(1).kill();
      instances.set(1, start());
      instances.get(1).awaitReady();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A step that is done with a device. */
  interface Step {
    void run(int device, int number) throws Exception;
  }

  /** Does a number of steps with each device in turn. Each device has one sender. */
  static void all(int steps, int devices, Step step) throws Exception {
    ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    try {
      List<Callable<Void>> shares = new ArrayList<>();
      for (int sender = 0; sender < SENDERS; sender++) {
        int first = sender;
        shares.add(() -> {
          for (int number = 0; number * devices < steps; number++) {
            int end = Math.min(devices, steps - number * devices);
            for (int device = first; device < end; device += SENDERS) {
              step.run(device, number);
            }
          }
          return null;
        });
      }
      for (Future<Void> share : senders.invokeAll(shares)) {
        share.get();
      }
    } finally {
      senders.shutdownNow();
    }
  }

  private double liveMiB() throws IOException, InterruptedException {
    return instance().liveBytes() / 1024.0 / 1024.0;
  }

  /**
   * Copies the rows of a few devices to a number of them, and returns a table of the time to count.
   */
  List<String> counts(int devices) throws Exception {
    execute("TRUNCATE update_state, fleet_transition");
    execute("ALTER TABLE update_state SET (autovacuum_enabled = false)");
    for (int device = 0; device < Life.LENGTH; device++) {
      for (int revision = 0; revision < events(device); revision++) {
        deliver(device, revision);
      }
    }
    execute(
        "INSERT INTO update_state (id, revision, phase, to_version, failed, updated_at, document)"
            + " SELECT '%1$s' || number, revision, phase, to_version, failed, updated_at, document"
                .formatted(ID)
            + " FROM generate_series(%1$d, %2$d) number JOIN update_state ON id = '%3$s' || number %% %1$d"
                .formatted(Life.LENGTH, devices - 1, ID));
    execute("UPDATE update_state SET updated_at = CURRENT_TIMESTAMP");
    execute("ANALYZE update_state");
    List<String> table = new ArrayList<>(List.of(
        "| request | rows | median, ms | 95th percentile, ms |",
        "| --- | --- | ---: | ---: |",
        requests("/counts?by=phase", "all updated since the last vacuum", devices)));
    execute("VACUUM ANALYZE update_state");
    table.add(requests("/counts?by=phase", "vacuumed", devices));
    table.add(requests("/counts?by=version,phase", "vacuumed", devices));
    return table;
  }

  /** Requests a count again and again, checks each answer, and returns a line of the times. */
  private String requests(String path, String rows, int devices)
      throws IOException, InterruptedException {
    for (int i = 0; i < Rounds.rounds(WARM_UP); i++) {
      count(path, devices);
    }
    long[] nanos = new long[Rounds.rounds(REQUESTS)];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = count(path, devices);
    }
    Arrays.sort(nanos);
    return String.format(
        Locale.ROOT,
        "| `%s` | %s | %.1f | %.1f |",
        path,
        rows,
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 95 / 100] / 1e6);
  }

  private long count(String path, int devices) throws IOException, InterruptedException {
    long start = System.nanoTime();
    String answer = instance().get(path).response().body();
    long nanos = System.nanoTime() - start;
    JsonNode counts = JSON.readTree(answer).path("counts");
    long counted =
        counts.findValues("devices").stream().mapToLong(JsonNode::asLong).sum();
    if (counted != devices) {
      throw new IllegalStateException(answer);
    }
    return nanos;
  }

  /**
   * Looks for each event of a number of devices in the log, and for the last state of each device.
   */
  Found look(int devices) throws IOException, SQLException {
    int most = 2 * Life.LENGTH;
    BitSet seen = new BitSet(devices * most);
    long twice = 0;
    long wrongRows = devices;
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.setFetchSize(10_000);
      try (ResultSet log = statement.executeQuery("SELECT json FROM fleet_transition")) {
        while (log.next()) {
          JsonNode entry = JSON.readTree(log.getString(1));
          int revision = entry.path("revision").asInt() - 1;
          int event = number(entry.path("device").asText()) * most + revision;
          boolean isSent =
              Life.event(revision).type().wireName().equals(entry.path("event").asText());
          twice += seen.get(event) || !isSent ? 1 : 0;
          seen.set(event);
        }
      }
      try (ResultSet rows =
          statement.executeQuery("SELECT id, revision, document FROM update_state")) {
        while (rows.next()) {
          int events = events(number(rows.getString(1)));
          JsonNode document = JSON.readTree(rows.getString(3));
          boolean isRight = rows.getLong(2) == events
              && document.path("revision").asLong() == events
              && document.path("history").findValuesAsText("event").equals(history(events));
          wrongRows -= isRight ? 1 : 0;
        }
      }
    }
    return new Found(total(devices) - seen.cardinality(), twice, wrongRows);
  }

  private static int number(String id) {
    return Integer.parseInt(id.substring(ID.length()));
  }

  /** Returns the events of a history; checks are not recorded. */
  private static List<String> history(int events) {
    return IntStream.range(0, events)
        .mapToObj(revision -> Life.event(revision).type())
        .filter(type -> type != EventType.CHECK)
        .map(EventType::wireName)
        .toList();
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws IOException {
    for (int i = 0; i < instances.length(); i++) {
      instances.get(i).kill();
    }
    source.close();
    server.close();
  }
}
