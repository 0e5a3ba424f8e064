package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.cli.Output;
import io.kubesolo.update.agent.cli.ResultStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Runs the commands that are run most often, silently and on files of its own. The JVM in which
 * packaging runs this archives the classes it loaded, and those that come later start with them.
 * More is not better: at each start a JVM goes through the whole archive.
 */
final class TrainingRun {
  private static final List<String> LINES = List.of(
      "send check",
      "send check",
      "status",
      "send download --to-version v1.1 --running-version v1.0",
      "send download --to-version v1.1 --running-version v1.0 --json",
      "send fail --error no-network --json",
      "send acknowledge --if-revision 3",
      "status",
      "status --json",
      "history",
      "history --json",
      "events",
      "reconcile --running-version v1.0",
      "replay -",
      "repair");

  private final Path folder;
  private final Output nowhere = new Output(
      new ResultStream(OutputStream.nullOutputStream()),
      new PrintStream(OutputStream.nullOutputStream(), true, UTF_8));

  private TrainingRun(Path folder) {
    this.folder = folder;
  }

  /**
   * Runs the commands.
   *
   * @param arguments ignored
   * @throws IOException if the folder of temporary files cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    System.setIn(InputStream.nullInputStream());
    Path folder = Files.createTempDirectory("training-");
    try {
      new TrainingRun(folder).run();
    } finally {
      delete(folder);
    }
  }

  private void run() {
    Locale.setDefault(Locale.ROOT);
    Output.ofProcess();
    String state = folder.resolve("state.json").toString();
    for (String line : LINES) {
      perform(("--state " + state + " " + line).split(" ", -1));
    }
  }

  private void perform(String... arguments) {
    Main.run(nowhere, arguments);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
