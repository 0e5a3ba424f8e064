package io.kubesolo.update.agent.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.AgentProcess;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jazzer searches for inputs that break a promise, guided by what they reach. What it finds stays in
 * {@code target/fuzz}, and runs again with the corpus the next time.
 */
@Tag("fuzz")
class FuzzIT {
  private static final Path SEEDS = Path.of("src", "test", "fuzz").toAbsolutePath();
  private static final Path KEPT = Path.of("target", "fuzz").toAbsolutePath();
  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 15);
  private static final int FOUND = 77;

  private final Path directory;

  FuzzIT() throws IOException {
    directory = Tools.directoryInMemory();
  }

  @AfterEach
  void removeDirectory() {
    Shell.run("rm", "-rf", directory.toString());
  }

  @ParameterizedTest
  @MethodSource("targets")
  void noInputBreaksAPromise(Class<?> target, String seeds) throws Exception {
    finds(0, target, seeds, SECONDS);
  }

  static Stream<Arguments> targets() {
    return Stream.of(
        Arguments.of(FuzzCodec.class, "codec"),
        Arguments.of(FuzzReplay.class, "replay"),
        Arguments.of(FuzzLife.class, "life"),
        Arguments.of(FuzzServer.class, "server"),
        Arguments.of(FuzzManifest.class, "manifest"),
        Arguments.of(FuzzGrubenv.class, "grubenv"),
        Arguments.of(FuzzRequest.class, "request"));
  }

  @Test
  void aPlantedMistakeIsFound() throws Exception {
    String said = finds(FOUND, FuzzCanary.class, "life", 60);
    assertThat(said).contains("AssertionError", "the events are in ");
  }

  private String finds(int code, Class<?> target, String seeds, int seconds) throws Exception {
    Path corpus = Files.createDirectories(KEPT.resolve(target.getSimpleName()));
    Path log = KEPT.resolve(target.getSimpleName() + ".log");
    Process process = new ProcessBuilder(command(target, seeds, seconds, corpus))
        .directory(KEPT.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
    try {
      int ended = process.waitFor();
      String said = Files.readString(log, StandardCharsets.ISO_8859_1);
      System.out.println("fuzz: " + target.getSimpleName() + ": " + summary(said));
      assertThat(ended)
          .as("see %s, and replay the input it names:%n%s", log, said)
          .isEqualTo(code);
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> command(Class<?> target, String seeds, int seconds, Path corpus) {
    List<String> command = new ArrayList<>(AgentProcess.java());
    command.removeIf(
        flag -> flag.startsWith("-XX:SharedArchiveFile") || flag.startsWith("-XX:Tiered"));
    command.addAll(List.of(
        "-Xmx1g",
        "-Dfuzz.state=" + directory.resolve("state.json"),
        "-cp",
        System.getProperty("java.class.path"),
        "com.code_intelligence.jazzer.Jazzer",
        "--target_class=" + target.getName(),
        "--instrumentation_includes=io.kubesolo.**:com.fasterxml.jackson.**",
        // Connections to the loopback are what two targets are about.
        "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery",
        "-max_total_time=" + seconds,
        "-max_len=4096",
        // The first input loads and instruments every class, which takes long on a loaded machine.
        "-timeout=90",
        "-print_final_stats=1",
        "-dict=" + SEEDS.resolve("words.dict"),
        corpus.toString(),
        SEEDS.resolve(seeds).toString()));
    return command;
  }

  private static String summary(String said) {
    return Stream.of("number_of_executed_units", "average_exec_per_sec", "new_units_added")
        .map(name -> name.replace('_', ' ') + " "
            + said.replaceAll("(?s).*stat::" + name + ": +(\\d+).*", "$1")
                .lines()
                .findFirst()
                .orElse("?"))
        .toList()
        .toString();
  }
}
