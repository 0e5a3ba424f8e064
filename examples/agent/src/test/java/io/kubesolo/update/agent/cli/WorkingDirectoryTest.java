package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.Main;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Relative paths in a working directory whose name is not valid in the encoding of the locale. */
@Timeout(60)
final class WorkingDirectoryTest {
  /** The names as printf makes them: UTF-8, and what is valid in Latin-1 only. */
  private static final String UTF_8_NAME = "\\303\\251";

  private static final String LATIN_1_NAME = "\\377";

  @TempDir
  private Path folder = Path.of("");

  /** Runs the agent in a directory within the folder; NAME=VALUE before the command are variables. */
  private CommandLineRun.Result runIn(String name, String arguments)
      throws IOException, InterruptedException {
    String script =
        "cd \"$1\" && d=$(printf '" + name + "') && mkdir -p work/\"$d\" && cd work/\"$d\" && exec"
            + " env -u LC_CTYPE " + arguments.replace("AGENT", "\"$2\" -cp \"$3\" \"$4\"");
    return Program.run(
        folder,
        "",
        "sh",
        "-c",
        script,
        "sh",
        folder.toString(),
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        System.getProperty("java.class.path"),
        Main.class.getName());
  }

  /** Returns what the commands made: nothing but the directory. */
  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("work"))) {
      return all.map(Path::toString).skip(2).toList();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "C       | \\303\\251 | AGENT --state state.json send check",
        "C       | \\303\\251 | KUBESOLO_UPDATE_STATE=state.json AGENT status",
        "C       | \\303\\251 | KUBESOLO_UPDATE_DEVICE=. AGENT check",
        "C.UTF-8 | \\377      | AGENT --state state.json status",
        "C.UTF-8 | \\377      | AGENT --device . apply",
        "C.UTF-8 | \\377      | AGENT metrics --textfile m.prom",
        "C.UTF-8 | \\377      | AGENT demo --dir demo",
        "C.UTF-8 | \\377      | AGENT replay events"
      })
  void areAUsageError(String locale, String name, String command) throws Exception {
    CommandLineRun.Result wrong = runIn(name, "LC_ALL=" + locale + " " + command);

    assertThat(wrong.code()).as("%s", wrong).isEqualTo(2);
    assertThat(wrong.out()).isEmpty();
    assertThat(wrong.err())
        .contains("relative to the working directory", "name an absolute path")
        .hasLineCount(1);
    assertThat(files()).isEmpty();
  }

  @Test
  void areNoErrorIfTheNameIsValid() throws Exception {
    CommandLineRun.Result sent =
        runIn(UTF_8_NAME, "LC_ALL=C.UTF-8 AGENT --state state.json send check");

    assertThat(sent).isEqualTo(new CommandLineRun.Result(0, "check: idle -> checking\n", ""));
    assertThat(files()).anyMatch(path -> path.endsWith("/state.json"));
  }

  @Test
  void areNotNeededForAbsolutePathsAndStandardInput() throws Exception {
    String state = "LC_ALL=C.UTF-8 AGENT --state " + folder.resolve("state.json");

    assertThat(runIn(LATIN_1_NAME, state + " send check").code()).isZero();
    assertThat(runIn(LATIN_1_NAME, state + " replay -"))
        .isEqualTo(new CommandLineRun.Result(0, "", ""));
    assertThat(files()).isEmpty();
  }

  /**
   * Sets the property that the launcher sets if the directory was removed; it then starts the JVM
   * in another directory.
   */
  @Test
  void areAUsageErrorIfTheDirectoryWasRemoved() throws Exception {
    String agent =
        "LC_ALL=C.UTF-8 JAVA_TOOL_OPTIONS=-Dupdate-agent.cwd-removed=true AGENT --state ";
    CommandLineRun.Result wrong = runIn("d", agent + "state.json send check");
    CommandLineRun.Result sent = runIn("d", agent + folder.resolve("state.json") + " send check");

    assertThat(wrong.code()).as("%s", wrong).isEqualTo(2);
    assertThat(wrong.out()).isEmpty();
    assertThat(wrong.err())
        .contains("'state.json' is relative to the working directory, which was removed");
    assertThat(sent.out()).isEqualTo("check: idle -> checking\n");
    assertThat(files()).isEmpty();
  }

  @Test
  void areResolvedAgainstTheDirectoryOfTheProcessHere() {
    assertThat(WorkingDirectory.isIntact("/a name?/\u00e9\ufffd")).isTrue();
    assertThat(WorkingDirectory.isIntact("/usr")).isTrue();
  }
}
