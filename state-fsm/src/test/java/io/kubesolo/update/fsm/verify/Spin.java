package io.kubesolo.update.fsm.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** SPIN, which writes a model as a C program, {@code pan}, that checks it. */
final class Spin {
  private static final Path SOURCES = Path.of("src/test/spin");
  private final Path directory;

  private Spin(Path directory) {
    this.directory = directory;
  }

  /**
   * Makes the program that checks the model of edges.
   *
   * @param directory where to make it; is created
   * @param edges the edges
   * @param environment options of the preprocessor, for spin and gcc
   */
  static Spin compile(Path directory, List<Edge> edges, String... environment)
      throws IOException, InterruptedException {
    Tools.assumePresent("spin");
    Tools.assumePresent("gcc");
    Spin spin = new Spin(directory);
    Files.createDirectories(directory);
    Files.copy(
        SOURCES.resolve("lifecycle.pml"), directory.resolve("lifecycle.pml"), REPLACE_EXISTING);
    Files.writeString(directory.resolve("edges.pml"), Promela.of(edges));
    List<String> options = List.of(environment);
    // Without -o2, SPIN forgets the variables that are only printed.
    spin.run("spin", options, "-o2", "-a", "lifecycle.pml");
    // Not optimized: gcc would take longer than pan saves.
    spin.run("gcc", options, "-w", "-DNFAIR=4", "-o", "pan", "pan.c");
    return spin;
  }

  /** Searches all states, and returns the lines that the model prints. */
  List<String> printed() throws IOException, InterruptedException {
    return run("./pan", List.of("-m1000000")).lines().toList();
  }

  /** Returns whether a claim holds on every path; pan exits with 0 if it does not. */
  boolean holds(String claim) throws IOException, InterruptedException {
    String output = run("./pan", List.of("-a", "-f", "-m1000000", "-N", claim));
    System.out.println(output
        .lines()
        .filter(line -> line.contains("errors:") || line.contains("states, stored"))
        .reduce(claim + ":", (text, line) -> text + " " + line.strip()));
    assertThat(output)
        .as("the whole model was searched, or a path was found")
        .contains("(" + claim + ")")
        .doesNotContain("max search depth too small", "out of memory");
    return output.contains("errors: 0");
  }

  private String run(String program, List<String> options, String... more)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(options);
    command.addAll(List.of(more));
    Path output = directory.resolve("output");
    int code = new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start()
        .waitFor();
    String text = Files.readString(output, UTF_8);
    assertThat(code).as("%s: %s", command, text).isZero();
    return text;
  }
}
