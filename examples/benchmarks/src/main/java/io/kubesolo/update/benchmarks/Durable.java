package io.kubesolo.update.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * One small record in a directory of its own, and a way to replace it durably in a warm process.
 */
final class Durable implements AutoCloseable {
  /** The JIT compiler still makes an event faster after some thousands. */
  private static final int WARM_UP = 10_000;

  private static final int ROUNDS = 3000;

  private final Callable<Long> step;
  private final Work close;

  /** Something that this JVM does. */
  @FunctionalInterface
  private interface Work {
    void run() throws IOException, SQLException;
  }

  private Durable(Work close, Callable<Long> step) {
    this.close = close;
    this.step = step;
  }

  /** Measures durable events: the C program replaces a file. */
  static List<Result> measure(Path program) throws Exception {
    Path folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "durable-");
    Path table = directory(folder, "table");
    Path spring = directory(folder, "spring");
    try (Durable onTable = Durable.lifecycle(table, new TableEngine());
        Durable onSpring = Durable.lifecycle(spring, new SpringEngine())) {
      int size = (int) Files.size(table.resolve("state.json"));
      try (Durable c = Durable.c(program, directory(folder, "c"), size);
          Durable marked = Durable.c(program, directory(folder, "mark"), size, "mark");
          Durable java = Durable.java(directory(folder, "java"), size);
          Durable wal = Durable.sqlite(directory(folder, "wal"), "WAL", size);
          Durable delete = Durable.sqlite(directory(folder, "del"), "DELETE", size)) {
        Map<String, Rounds.Subject> subjects = new LinkedHashMap<>();
        subjects.put("C: the flushes and the rename", subject(c));
        subjects.put("C: the same with a mark", subject(marked));
        subjects.put("Java: the flushes and the rename", subject(java));
        subjects.put("UpdateLifecycle with TableEngine", subject(onTable));
        subjects.put("UpdateLifecycle with SpringEngine", subject(onSpring));
        subjects.put("SQLite with a write-ahead log", subject(wal));
        subjects.put("SQLite with a rollback journal", subject(delete));
        return Rounds.measure("durable", List.of("µs"), subjects, WARM_UP, ROUNDS);
      }
    }
  }

  private static Path directory(Path folder, String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }

  private static Rounds.Subject subject(Durable record) {
    return round -> new double[] {record.replace() / 1e3};
  }

  private static Durable timed(Work close, Work work) {
    return new Durable(close, () -> {
      long start = System.nanoTime();
      work.run();
      return System.nanoTime() - start;
    });
  }

  /**
   * Starts a C program that executes only the flushes and the rename or, with the word {@code
   * mark}, also creates and deletes a file as {@link StateFile} does to mark an event.
   */
  static Durable c(Path program, Path folder, long size, String... mark) throws IOException {
    List<String> command = Stream.concat(
            Stream.of(program.toString(), folder.toString(), "" + size), Stream.of(mark))
        .toList();
    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    PrintStream requests = new PrintStream(process.getOutputStream(), true, US_ASCII);
    BufferedReader answers = process.inputReader(US_ASCII);
    return new Durable(requests::close, () -> {
      requests.println();
      String nanos = answers.readLine();
      if (nanos == null) {
        throw new IOException("the C program ended");
      }
      return Long.parseLong(nanos);
    });
  }

  /** Makes the system calls of the C program in Java, which shows the cost of the JVM. */
  static Durable java(Path folder, long size) {
    Path file = folder.resolve("state.json");
    Path temporary = folder.resolve("state.json.tmp");
    byte[] content = new byte[(int) size];
    return timed(() -> {}, () -> {
      try (FileChannel channel = FileChannel.open(temporary, CREATE_NEW, WRITE)) {
        channel.write(ByteBuffer.wrap(content));
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel directory = FileChannel.open(folder, READ)) {
        directory.force(true);
      }
    });
  }

  /** Events of one update after the other through {@link UpdateLifecycle}, with a full history. */
  static Durable lifecycle(Path folder, LifecycleEngine engine) {
    StateFile file = StateFile.at(folder.resolve("state.json"));
    UpdateLifecycle lifecycle =
        UpdateLifecycle.open(file, LifecycleSettings.DEFAULT, engine).get();
    for (int i = 0; i < Life.FILLING; i++) {
      Life.EVENTS.forEach(event -> lifecycle.send(event).get());
    }
    return timed(lifecycle::close, () -> {
      long revision = lifecycle.state().revision();
      lifecycle.send(Life.event(revision)).get();
    });
  }

  /** Replaces one row of SQLite in a transaction of its own. */
  static Durable sqlite(Path folder, String journal, int size) throws SQLException {
    PreparedStatement update = Cold.OneRow.update(folder, journal, size);
    return timed(update.getConnection()::close, update::executeUpdate);
  }

  /** Replaces the record, and returns how many nanoseconds that took. */
  long replace() throws Exception {
    return step.call();
  }

  @Override
  public void close() throws IOException, SQLException {
    close.run();
  }
}
