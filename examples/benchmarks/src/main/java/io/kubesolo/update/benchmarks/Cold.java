package io.kubesolo.update.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.kubesolo.update.fsm.TableEngine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.sqlite.JDBC;
import org.sqlite.util.OSInfo;

/**
 * Whole commands, from before the process starts until it has ended, in turn with a JVM that prints
 * one line under the same flags.
 */
final class Cold {
  /** The flags with which the launcher starts a JVM, without the class archive. */
  static final List<String> FLAGS = List.of(
      "-XX:+UseG1GC",
      "-XX:TieredStopAtLevel=1",
      "-XX:CompileThresholdScaling=10",
      "-XX:-UsePerfData",
      "-XX:+UnlockDiagnosticVMOptions",
      "-XX:ArchiveRelocationMode=0",
      "-Xlog:disable");

  /** SQLite starts faster if it is compiled as usual. */
  private static final List<String> SQLITE_FLAGS = FLAGS.stream()
      .filter(flag -> !flag.startsWith("-XX:CompileThresholdScaling="))
      .toList();

  private static final int WARM_UP = 10;
  private static final int ROUNDS = 100;
  private static final int ROW = 2800;

  private final Path folder =
      Files.createTempDirectory(Path.of("target"), "cold-").toAbsolutePath();
  private final String timed;
  private final String launcher;

  private Cold(String timed, String launcher) throws IOException {
    this.timed = timed;
    this.launcher = launcher;
  }

  /** Measures whole commands: the C program times them, and the launcher starts the agent. */
  static List<Result> measure(String timed, String launcher) throws Exception {
    return Rounds.measure(
        "cold", List.of("ms", "MiB"), new Cold(timed, launcher).subjects(), WARM_UP, ROUNDS);
  }

  private Map<String, Rounds.Subject> subjects() throws Exception {
    Map<String, Rounds.Subject> subjects = new LinkedHashMap<>();
    List<String> line = java(FLAGS, "-cp", jarOf(Cold.class), OneLine.class.getName());
    subjects.put("JVM that prints one line", round -> run(line));
    subjects.put("status", agent("status", "status", "status"));
    subjects.put("send", agent("send", "send check", "send no_update"));
    subjects.put(
        "send with --engine spring",
        agent("spring", "--engine spring send check", "--engine spring send no_update"));
    List<String> row = sqlite();
    subjects.put("SQLite in a JVM: one row", round -> run(row));
    return subjects;
  }

  /** Runs two commands of the agent in turn, on a state file with a full history. */
  private Rounds.Subject agent(String name, String even, String odd) throws Exception {
    Path own = Files.createDirectory(folder.resolve(name));
    Durable.lifecycle(own, new TableEngine()).close();
    String state = own.resolve("state.json").toString();
    return round -> run(concat(
        List.of(launcher, "--state", state),
        List.of((round % 2 == 0 ? even : odd).split(" ", -1))));
  }

  private static List<String> concat(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  /**
   * Returns the command of SQLite with a fast start: its library unpacked, its classes archived.
   */
  private List<String> sqlite() throws Exception {
    String library = System.mapLibraryName("sqlitejdbc");
    String resource =
        "/org/sqlite/native/" + OSInfo.getNativeLibFolderPathForCurrentOS() + "/" + library;
    try (InputStream in = JDBC.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("SQLite has no " + resource);
      }
      Files.copy(in, folder.resolve(library));
    }
    Path archive = folder.resolve("sqlite.jsa");
    run(row(folder, "-XX:ArchiveClassesAtExit=" + archive));
    return row(folder, "-XX:SharedArchiveFile=" + archive);
  }

  static List<String> row(Path folder, String option) throws Exception {
    String jars = jarOf(Cold.class) + ":" + jarOf(JDBC.class);
    String library = "-Dorg.sqlite.lib.path=" + folder;
    return java(
        SQLITE_FLAGS, option, library, "-cp", jars, OneRow.class.getName(), folder.toString());
  }

  private static List<String> java(List<String> flags, String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return Stream.of(List.of(java), flags, List.of(arguments))
        .flatMap(List::stream)
        .toList();
  }

  private static String jarOf(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
        .toString();
  }

  /** Runs a command, and returns the milliseconds and MiB that it took. */
  private double[] run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(concat(List.of(timed), command))
        .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    String answer;
    try (InputStream out = process.getInputStream()) {
      answer = new String(out.readAllBytes(), US_ASCII).strip();
    }
    if (process.waitFor() != 0 || !answer.endsWith(" 0")) {
      throw new IOException(String.join(" ", command) + " failed");
    }
    String[] values = answer.split(" ", -1);
    return new double[] {Long.parseLong(values[0]) / 1e6, Long.parseLong(values[1]) / 1024.0};
  }

  /** The smallest program of a JVM. */
  static final class OneLine {
    public static void main(String[] arguments) {
      System.out.println("idle");
    }
  }

  /** A process that replaces one row by SQLite and ends. It loads no class of our modules. */
  static final class OneRow {
    public static void main(String[] arguments) throws SQLException {
      PreparedStatement update = update(Path.of(arguments[0]), "WAL", ROW);
      update.executeUpdate();
      update.getConnection().close();
    }

    /** Returns the statement that replaces the row, in a database that is flushed each time. */
    static PreparedStatement update(Path folder, String journal, int size) throws SQLException {
      Connection connection =
          DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("state.db"));
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA journal_mode=" + journal);
        statement.execute("PRAGMA synchronous=FULL");
        statement.execute("CREATE TABLE IF NOT EXISTS state (revision INTEGER, json TEXT)");
        statement.execute("INSERT INTO state SELECT 0, '' WHERE NOT EXISTS (SELECT * FROM state)");
      }
      PreparedStatement update =
          connection.prepareStatement("UPDATE state SET revision = revision + 1, json = ?");
      update.setString(1, "x".repeat(size));
      return update;
    }
  }
}
