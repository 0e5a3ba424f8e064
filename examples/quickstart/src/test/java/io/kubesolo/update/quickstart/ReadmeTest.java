package io.kubesolo.update.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.fsm.SpringEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README shows is what there is; run with {@code -Drewrite} to bring it up to date. */
class ReadmeTest {
  private static final Path README = Path.of("../../README.md");
  private static final Path QUICKSTART =
      Path.of("src/main/java/io/kubesolo/update/quickstart/Quickstart.java");

  @Test
  void showsTheQuickstartAsItIsCompiled() throws IOException {
    List<String> block = new ArrayList<>(List.of("```java"));
    Files.readAllLines(QUICKSTART).forEach(block::add);
    block.add("```");

    check("<!-- quickstart: a test compares this with the file -->", block);
  }

  @Test
  void showsEveryEdgeOfTheMachine() throws IOException {
    List<String> table = new ArrayList<>(
        List.of("| from | event | to | guards | effects |", "| --- | --- | --- | --- | --- |"));
    new SpringEngine().table().edges().stream().map(ReadmeTest::row).forEach(table::add);

    check("<!-- edges: a test compares this with the machine -->", table);
  }

  private static String row(Edge edge) {
    return Stream.of(
            edge.from(), edge.event(), edge.to(), names(edge.guards()), names(edge.effects()))
        .map(Object::toString)
        .collect(Collectors.joining(" | ", "| ", " |"))
        .replace("|  |", "| |");
  }

  private static String names(List<?> rules) {
    return rules.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  /** Compares the block below a marker, which ends at the next blank line outside of code. */
  private static void check(String marker, List<String> expected) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(README));
    int start = lines.indexOf(marker) + 1;
    assertThat(start).as(marker).isPositive();
    List<String> shown = lines.subList(start, end(lines, start));
    if (Boolean.getBoolean("rewrite")) {
      shown.clear();
      lines.addAll(start, expected);
      Files.write(README, lines);
    } else {
      assertThat(shown).isEqualTo(expected);
    }
  }

  private static int end(List<String> lines, int start) {
    if (lines.get(start).startsWith("```")) {
      return start + 2 + lines.subList(start + 1, lines.size()).indexOf("```");
    }
    int end = start;
    while (!lines.get(end).isBlank()) {
      end++;
    }
    return end;
  }
}
