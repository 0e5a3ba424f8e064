package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.fsm.diagram.Diagram;
import io.kubesolo.update.fsm.diagram.Diagram.Format;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** README.md, its picture and its data show the machine as it is; {@code -Drewrite=true} updates them. */
class ReadmeTest {
  private static final Path README = Path.of("README.md");
  private static final Path PICTURE = Path.of("lifecycle.svg");
  private static final Path DATA = Path.of("lifecycle.json");

  @Test
  void showsThePictureOfTheMachine() throws IOException {
    check(PICTURE, draw(Format.SVG));
  }

  /** Compares a file that shows each change of the machine in a review. */
  @Test
  void isPrintedWithTheMachineAsData() throws IOException {
    check(DATA, draw(Format.JSON));
  }

  private static void check(Path file, String content) throws IOException {
    if (Boolean.getBoolean("rewrite")) {
      Files.writeString(file, content);
    }
    assertThat(Files.readString(file).equals(content))
        .as("%s shows the machine; -Drewrite=true updates it, git diff shows the change", file)
        .isTrue();
    assertThat(README).content().contains("(" + file + ")");
  }

  @Test
  void showsEveryEdgeAndWhatEachEventDoesInEachPhase() throws IOException {
    String[] tables = draw(Format.MARKDOWN).split("\n\n", 2);

    check("edges", tables[0].lines().toList());
    check("matrix", tables[1].lines().toList());
  }

  private static String draw(Format format) {
    return Diagram.of(new TableEngine().table()).render(format, Option.none());
  }

  /** Compares the table below a marker, which ends at the next blank line. */
  private static void check(String name, List<String> expected) throws IOException {
    String marker = "<!-- " + name + ": a test compares this with the machine -->";
    List<String> lines = new ArrayList<>(Files.readAllLines(README));
    int start = lines.indexOf(marker) + 1;
    assertThat(start).as(marker).isPositive();
    int rows = lines.subList(start, lines.size()).indexOf("");
    List<String> shown = lines.subList(start, start + rows);
    if (Boolean.getBoolean("rewrite")) {
      shown.clear();
      lines.addAll(start, expected);
      Files.write(README, lines);
    } else {
      assertThat(Difference.between(shown, expected)).isEmpty();
      assertThat(shown.equals(expected))
          .as("the order of the rows is the machine's")
          .isTrue();
    }
  }
}
