package io.kubesolo.update.fsm.diagram;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.TableEngine;
import io.vavr.control.Option;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A process with the compiled table and the diagrams, without the jars of Spring and ELK. */
class TableWithoutSpringTest {
  /** The process. */
  static final class Program {
    private Program() {}

    /** Draws every diagram, and prints the number of edges. */
    public static void main(String[] arguments) {
      TransitionTable table = new TableEngine().table();
      for (Diagram.Format format : Diagram.Format.values()) {
        Diagram.of(table).render(format, Option.some(UpdateState.fresh(Instant.EPOCH)));
      }
      System.out.println("edges: " + table.edges().size());
    }
  }

  @Test
  void decidesAndDrawsWithoutAnyClassOfSpringOrElk() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-verbose:class",
            "-cp",
            classPathAtRunTime(),
            Program.class.getName())
        .redirectErrorStream(true)
        .start();
    List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .toList();

    assertThat(process.waitFor()).isZero();
    assertThat(matching(lines, "edges: .*"))
        .containsExactly("edges: " + new TableEngine().table().edges().size());
    assertThat(matching(lines, ".*" + Pattern.quote(TableEngine.class.getName()) + ".*"))
        .isNotEmpty();
    assertThat(matching(lines, ".*(springframework|reactor\\.|eclipse|fsm\\.build).*"))
        .isEmpty();
  }

  private static List<String> matching(List<String> lines, String pattern) {
    return lines.stream().filter(line -> line.matches(pattern)).toList();
  }

  private static String classPathAtRunTime() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !new File(entry).getName().matches(".*(spring|reactor|eclipse|guava).*"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
