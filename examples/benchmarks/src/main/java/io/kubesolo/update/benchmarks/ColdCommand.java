package io.kubesolo.update.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.sqlite.JDBC;
import org.sqlite.util.OSInfo;

/**
 * A command that is run as a process of its own, again and again.
 *
 * @param title what it is called in tables
 * @param first the command, every other time
 * @param second the command at the times between
 */
record ColdCommand(String title, List<String> first, List<String> second) {
  /** How the launcher starts a JVM, apart from the archive of classes. */
  static final List<String> FLAGS =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xlog:disable");

  private static final int EVENTS_FOR_A_FULL_HISTORY = 28;

  /**
   * All that are compared; the first is what the others are held against.
   *
   * @param launcher the agent's
   * @param folder for state files, a database, and an archive of its classes
   */
  static List<ColdCommand> all(Path launcher, Path folder)
      throws IOException, InterruptedException {
    List<String> bare = java("-cp", jarOf(ColdCommand.class), OneLine.class.getName());
    List<String> status = agent(launcher, folder, "status", "status");
    List<String> row = sqlite(folder);
    return List.of(
        new ColdCommand("JVM that prints one line", bare, bare),
        new ColdCommand("status", status, status),
        new ColdCommand(
            "send",
            agent(launcher, folder, "send", "send check"),
            agent(launcher, folder, "send", "send no_update")),
        new ColdCommand(
            "send with --engine spring",
            agent(launcher, folder, "spring", "--engine spring send check"),
            agent(launcher, folder, "spring", "--engine spring send no_update")),
        new ColdCommand("SQLite in a JVM: one row", row, row));
  }

  /** The agent, on a state file of its own with a full history. */
  private static List<String> agent(Path launcher, Path folder, String name, String words)
      throws IOException {
    Path own = Files.createDirectories(folder.resolve(name));
    Path state = own.resolve("state.json");
    if (!Files.exists(state)) {
      try (DurableLifecycle lifecycle = DurableLifecycle.onTable(own)) {
        lifecycle.run(EVENTS_FOR_A_FULL_HISTORY);
      }
      Files.move(own.resolve("table.json"), state);
    }
    return Stream.concat(
            Stream.of(launcher.toString(), "--state", state.toString()),
            Stream.of(words.split(" ", -1)))
        .toList();
  }

  /** SQLite with all that speeds its start up: its library unpacked, its classes archived. */
  private static List<String> sqlite(Path folder) throws IOException, InterruptedException {
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
    int code = new ProcessBuilder(row(folder, "-XX:ArchiveClassesAtExit=" + archive))
        .inheritIO()
        .start()
        .waitFor();
    if (code != 0) {
      throw new IOException("SQLite ended with " + code);
    }
    return row(folder, "-XX:SharedArchiveFile=" + archive);
  }

  private static List<String> row(Path folder, String option) throws IOException {
    return java(
        option,
        "-Dorg.sqlite.lib.path=" + folder,
        "-cp",
        jarOf(ColdCommand.class) + ":" + jarOf(JDBC.class),
        OneRow.class.getName(),
        folder.toString());
  }

  private static List<String> java(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(List.of(arguments));
    return command;
  }

  private static String jarOf(Class<?> type) throws IOException {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IOException("the jar of " + type + " cannot be named", e);
    }
  }
}
