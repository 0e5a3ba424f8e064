package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A process that decides by the compiled table, with no jar of Spring or Reactor on its path. */
class TableWithoutSpringTest {
  /** The process. */
  static final class Program {
    private Program() {}

    /** Prints the number of edges. */
    public static void main(String[] arguments) {
      System.out.println(new TableEngine().table().edges().size());
    }
  }

  @Test
  void decidesWithoutOneClassOfSpring() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-verbose:class",
            "-cp",
            classPathWithoutSpring(),
            Program.class.getName())
        .redirectErrorStream(true)
        .start();
    List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .toList();

    assertThat(process.waitFor()).isZero();
    assertThat(lines).contains("24");
    assertThat(lines).anyMatch(line -> line.contains(TableEngine.class.getName()));
    assertThat(lines).noneMatch(line -> line.contains("springframework"));
    assertThat(lines).noneMatch(line -> line.contains("reactor."));
  }

  private static String classPathWithoutSpring() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !entry.contains("spring") && !entry.contains("reactor"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
