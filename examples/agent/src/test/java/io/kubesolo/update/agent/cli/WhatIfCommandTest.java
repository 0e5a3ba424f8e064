package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code what-if} reports the decisions that the machine would make, and writes nothing. */
final class WhatIfCommandTest {
  private static final Path TRANSCRIPTS = Path.of("../../state-fsm/src/test/resources/transcripts");

  @TempDir
  Path folder;

  private Path file;
  private CommandLineRun agent;

  @BeforeEach
  void aStagedVersion() {
    file = folder.resolve("state.json");
    agent = new CommandLineRun(file);
    agent.run("send", "download", "--to-version", "v2", "--running-version", "v1");
    agent.run("send", "stage");
  }

  @Test
  void showsEachGuardAndEachAction() {
    CommandLineRun.Result result = agent.run("what-if", "rollback", "error=no network");

    assertThat(result.code()).as(result.out()).isEqualTo(10);
    assertThat(result.out())
        .contains("from " + file + ": staged v2, attempt count 1, revision 2")
        .contains("refused")
        .contains("rollback is illegal in staged");

    CommandLineRun.Result two =
        agent.run("what-if", "activate", "verify", "running_version=v1", "rollback", "error=slow");
    assertThat(two.code()).isEqualTo(10);
    assertThat(two.out())
        .contains("activate: staged -> activated")
        .containsPattern("guard runningTarget +fails: the running version must be v2 "
            + "\\(running_version v1, state.to_version v2\\)")
        .contains("stays activated v2")
        .contains("rollback: activated -> rolled_back: slow")
        .containsPattern("action rememberRollback +rolled_back_versions: none -> v2")
        .endsWith("nothing was sent\n");
  }

  /**
   * Sends the events that it accepts, which are then accepted and make the state that it printed.
   */
  @Test
  void showsWhatSendingThenDoes() throws IOException {
    String told = agent
        .run("--output", "json", "what-if", "activate", "verify", "running_version=v2", "confirm")
        .out();
    agent.run("send", "activate");
    agent.run("send", "verify", "--running-version", "v2");
    agent.run("send", "confirm");

    String last = told.substring(told.lastIndexOf("\"state\":"));
    assertThat(last)
        .contains("\"phase\":\"success\"")
        .contains("\"from_version\":\"v1\"", "\"to_version\":\"v2\"", "\"revision\":5");
    assertThat(Files.readString(file)).contains("\"success\"");
  }

  @Test
  void changesNothingOnTheDisk() throws IOException {
    List<String> before = disk();

    agent.run("what-if", "activate", "fail", "error=x", "acknowledge", "check");

    assertThat(disk()).isEqualTo(before);
  }

  private List<String> disk() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .sorted()
          .map(path -> path + " " + path.toFile().lastModified() + " " + content(path))
          .toList();
    }
  }

  private static String content(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void startsFromAFreshDeviceWithAnyStateFile() throws IOException {
    Files.writeString(file, "{");

    CommandLineRun.Result result =
        agent.run("what-if", "--fresh", "download", "to_version=v3", "running_version=v2", "stage");

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("from a fresh device: idle, attempt count 0, revision 0")
        .containsPattern("action takeTarget +from_version: none -> v2; to_version: none -> v3")
        .contains("stage: downloading -> staged");
    assertThat(agent.run("what-if", "check").code()).isEqualTo(11);
  }

  @Test
  void takesAndPrintsLinesOfReplay() throws IOException {
    CommandLineRun.Result lines = agent.run(
        "what-if", "--as-replay", "download", "to_version=v3", "running_version=v1", "stage");
    assertThat(lines.out()).isEqualTo("""
        {"event":"download","to_version":"v3","running_version":"v1"}
        {"event":"stage"}
        """);
    Path script = Files.writeString(folder.resolve("script"), lines.out());

    CommandLineRun.Result told = agent.run("what-if", "--file", script.toString());
    CommandLineRun.Result sent = agent.run("replay", script.toString());

    assertThat(told.code()).isZero();
    assertThat(told.out()).contains("download: staged -> downloading v3");
    assertThat(sent.out()).contains("\"phase\":\"staged\"", "\"to_version\":\"v3\"");
  }

  @Test
  void startsFromAnEntryOfTheHistory() {
    CommandLineRun.Result result = agent.run("what-if", "--from", "2", "stage");
    CommandLineRun.Result newest = agent.run("what-if", "--from", "1", "activate");

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("from entry 2 of the history in " + file
            + ": downloading v2, attempt count 1, revision not known")
        .contains("stage: downloading -> staged");
    assertThat(newest.out()).contains("staged v2, attempt count 1, revision 2");
  }

  @Test
  void namesTheEntriesThatThereAre() {
    for (String number : List.of("0", "-1", "3")) {
      CommandLineRun.Result result = agent.run("what-if", "--from", number, "stage");

      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err())
          .contains("--from " + number + ": the history of " + file + " has the entries 1 to 2")
          .hasLineCount(1);
    }
    assertThat(agent.run("what-if", "--from", "1", "--fresh", "stage").code()).isEqualTo(2);
  }

  /**
   * Compares with a file among the transcripts of state-fsm, whose tests send it through both
   * engines.
   */
  @Test
  void writesATranscriptAsItIsKept() throws IOException {
    agent.run("send", "activate");
    agent.run("send", "rollback", "--error", "no network");

    CommandLineRun.Result result = agent.run(
        "what-if",
        "--as-transcript",
        "--max-attempts",
        "2",
        "download",
        "to_version=v2",
        "running_version=v1",
        "download",
        "to_version=v2",
        "running_version=v1",
        "force=true",
        "stage",
        "confirm",
        "activate",
        "rollback",
        "error=the slot is damaged",
        "retry=true");

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).isEqualTo(Files.readString(TRANSCRIPTS.resolve("explored.txt")));
  }

  @Test
  void writesTheClockOfLinesIntoATranscript() throws IOException {
    Path script = Files.writeString(folder.resolve("script"), """
        {"event":"check","at":"2026-05-02T00:00:00Z"}
        {"event":"fail","error":"x","at":"2026-05-02T00:00:00Z"}
        {"event":"acknowledge"}
        """);

    assertThat(agent
            .run("what-if", "--fresh", "--as-transcript", "--file", script.toString())
            .out())
        .endsWith("""
            > clock 2026-05-02T00:00:00Z
            > check
              checking, revision 1, attempts 0, since 2026-05-02T00:00:00Z
            > fail x
              failed, revision 2, attempts 0, error "x", since 2026-05-02T00:00:00Z
            > clock 2026-05-01T10:00:00Z
            > acknowledge
              idle, revision 3, attempts 0, since 2026-05-02T00:00:00Z
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rollback|error=a\\nb|rollback: an error in it holds a line break",
        "rollback|error=a (retry)|rollback: an error cannot end with '(retry)'",
        "verify|running_version=v 2|verify: a version in it holds a space",
      })
  void namesWhatATranscriptCannotHold(String event, String value, String problem) {
    CommandLineRun.Result result =
        agent.run("what-if", "--as-transcript", event, value.replace("\\n", "\n"));

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("a transcript cannot hold " + problem).hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "confrm | unknown event 'confrm'; did you mean 'confirm'?",
        "confirm error=x | confirm carries no 'error'",
        "download version=v2 | download carries no 'version', only to_version",
        "download to_version=v2 | running_version",
        "fail error=a error=b | error is given twice to one fail",
        "download to_version=v2 running_version=v1 force=yes | force is true or false, not 'yes'",
        "to_version=v2 | unknown event 'to_version=v2'",
        "--fresh | needs events, or a --file of them",
        "--as-replay --as-transcript check | exclude each other"
      })
  void namesWhatIsWrongInOneLine(String words, String problem) {
    CommandLineRun.Result result = agent.run(("what-if " + words.strip()).split(" ", -1));

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(problem).hasLineCount(1);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void namesTheLineOfAFileThatIsNoEvent() throws IOException {
    Path script =
        Files.write(folder.resolve("script"), "{\"event\":\"check\"}\n{}\n".getBytes(UTF_8));

    CommandLineRun.Result result = agent.run("what-if", "--file", script.toString());
    CommandLineRun.Result missing =
        agent.run("what-if", "--file", folder.resolve("no").toString());

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains(script + ": line 2 is not an event").hasLineCount(1);
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err()).hasLineCount(1);
  }
}
