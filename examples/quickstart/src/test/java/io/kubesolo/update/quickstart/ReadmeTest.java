package io.kubesolo.update.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.fsm.Diagram;
import io.kubesolo.update.fsm.Diagram.Format;
import io.kubesolo.update.fsm.TableEngine;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the README shows is what there is; run with {@code -Drewrite} to bring it up to date. */
class ReadmeTest {
  private static final Path README = Path.of("../../README.md");
  private static final Path PICTURE = Path.of("../../state-fsm/lifecycle.svg");
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
  void showsThePictureOfTheMachine() throws IOException {
    String svg = draw(Format.SVG);
    if (Boolean.getBoolean("rewrite")) {
      Files.writeString(PICTURE, svg);
    }
    assertThat(PICTURE).hasContent(svg);
    assertThat(README).content().contains("(state-fsm/lifecycle.svg)");
  }

  @Test
  void showsEveryEdgeAndWhatEachEventDoesInEachPhase() throws IOException {
    String[] tables = draw(Format.MARKDOWN).split("\n\n", 2);

    check(
        "<!-- edges: a test compares this with the machine -->",
        tables[0].lines().toList());
    check(
        "<!-- matrix: a test compares this with the machine -->",
        tables[1].lines().toList());
  }

  private static String draw(Format format) {
    return Diagram.of(new TableEngine().table()).render(format, Option.none());
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
