package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.fsm.TableEngine;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  @TempDir
  Path folder;

  private Path file;
  private CommandLineRun agent;

  @BeforeEach
  void useAStateFileOfItsOwn() {
    file = folder.resolve("state.json");
    agent = new CommandLineRun(file);
  }

  @Test
  void sendsAnEventAndSaysWhatItDid() {
    CommandLineRun.Result sent = agent.run("send", "check");

    assertThat(sent).isEqualTo(new CommandLineRun.Result(0, "check: idle -> checking\n", ""));
    assertThat(file).content().contains("\"phase\": \"checking\"", "\"revision\": 1");
  }

  @Test
  void saysWhyItsResultsAreLost() {
    CommandLineRun.Result full = status(new Lost("No space left on device"));

    assertThat(full.code()).isEqualTo(1);
    assertThat(full.err())
        .isEqualTo("update-agent: standard output cannot be written: No space left on device\n");
  }

  @Test
  void anEventIsSentEvenIfTheOutputCannotBeWritten() {
    Lost full = new Lost("No space left on device");
    String[] check = {"--state", file.toString(), "send", "check"};
    String[] cancel = {"--state", file.toString(), "send", "cancel", "--json"};
    String[] download = {
      "--state",
      file.toString(),
      "--output",
      "json",
      "send",
      "download",
      "--to-version",
      "v2",
      "--running-version",
      "v1"
    };

    for (String[] event : List.of(check, cancel, download)) {
      CommandLineRun.Result sent = CommandLineRun.run(full, Map.of(), new byte[0], event);
      assertThat(sent.code()).isZero();
      assertThat(sent.err()).contains("standard output cannot be written").hasLineCount(1);
    }
    assertThat(file).content().contains("\"revision\": 3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "java.lang.OutOfMemoryError | raise the limit of memory or threads",
        "java.lang.StackOverflowError | internal error, please report it"
      })
  void anErrorOfTheJvmIsOneLine(Class<? extends Error> type, String words) throws Exception {
    Error error = type.getConstructor(String.class).newInstance("too little");
    InputStream input = new FilterInputStream(InputStream.nullInputStream()) {
      @Override
      public int read(byte[] bytes, int from, int count) {
        throw error;
      }
    };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Output output = new Output(
        new ResultStream(OutputStream.nullOutputStream()),
        new PrintStream(err, true, StandardCharsets.UTF_8));
    String[] replay = {"--state", file.toString(), "replay", "-"};

    assertThat(UpdateAgent.run(output, input, name -> null, replay)).isEqualTo(ExitCode.OTHER);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("too little", words)
        .hasLineCount(1);
  }

  /** Damages the file after the answer to the first line, as another process could. */
  @Test
  void aReplayEndsAtAnInvalidLineIfTheStateCannotBeRead() {
    OutputStream damaging = new OutputStream() {
      @Override
      public void write(int octet) throws IOException {
        Files.writeString(file, "damaged");
      }
    };
    byte[] lines = "{\"event\":\"check\"}\n{\"event\":\"zap\"}\n".getBytes(StandardCharsets.UTF_8);
    String[] replay = {"--state", file.toString(), "replay", "-"};

    CommandLineRun.Result ended = CommandLineRun.run(damaging, Map.of(), lines, replay);

    assertThat(ended.code()).isEqualTo(11);
    assertThat(ended.err()).contains(file.toString()).hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"status", "status --json", "--output json status", "events", "diagram --format svg"
      })
  void dataThatCannotBeWrittenIsAFailure(String command) {
    String[] arguments = ("--state " + file + " " + command).split(" ");
    Lost full = new Lost("No space left on device");
    assertThat(CommandLineRun.run(full, Map.of(), new byte[0], arguments).code())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replay NONE | NONE: no such file or directory; name a file of events, or - for",
        "what-if --file NONE | NONE: no such file or directory; name a file of events, or - for",
        "demo --dir NONE/x | NONE/x: no such file or directory; name a new folder in one that exists"
      })
  void saysWhatToDoAboutAFileThatIsNotThere(String command, String problem) {
    String none = folder.resolve("none").toString();

    CommandLineRun.Result failed = agent.run(command.replace("NONE", none).split(" ", -1));

    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err())
        .startsWith("update-agent: " + problem.replace("NONE", none))
        .hasLineCount(1);
  }

  /** Checks that a value is rejected: a script that means no must not get yes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "send download --to-version v2 --running-version v1 --force=false",
        "send download --to-version v2 --running-version v1 --force=true",
        "send download --to-version v2 --running-version v1 --force=",
        "reconcile --running-version v1 --rebooted=false",
        "rollback --retry=false",
        "status --json=false",
        "status --help=false",
        "--version=false"
      })
  void anOptionWithoutAValueTakesNone(String arguments) {
    CommandLineRun.Result wrong = agent.run(arguments.split(" "));
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).hasLineCount(1);
    assertThat(file).doesNotExist();
  }

  @Test
  void sendsNothingToADisconnectedReader() {
    assertThat(status(new Lost("Broken pipe"))).isEqualTo(new CommandLineRun.Result(0, "", ""));
  }

  private CommandLineRun.Result status(OutputStream out) {
    return CommandLineRun.run(out, Map.of(), new byte[0], "--state", file.toString(), "status");
  }

  /** A stream that fails. */
  private static final class Lost extends OutputStream {
    private final String reason;

    Lost(String reason) {
      this.reason = reason;
    }

    @Override
    public void write(int octet) throws IOException {
      throw new IOException(reason);
    }
  }

  @Test
  void answersInJsonWhenAsked() {
    CommandLineRun.Result sent = agent.run(
        "send", "download", "--to-version", "v1.1", "--running-version", "v1.0", "--json");

    assertThat(sent.code()).isZero();
    assertThat(sent.out())
        .startsWith("{\"accepted\":true,\"state\":{\"phase\":\"downloading\"")
        .contains("\"from_version\":\"v1.0\",\"to_version\":\"v1.1\"", "\"attempt_count\":1")
        .endsWith("\"revision\":1}}\n");
  }

  @Test
  void refusesAnIllegalEventWithoutTouchingTheFile() throws IOException {
    agent.run("send", "check");
    byte[] before = Files.readAllBytes(file);
    var modified = Files.getLastModifiedTime(file);

    CommandLineRun.Result refused = agent.run("send", "confirm", "--json");

    assertThat(refused.code()).isEqualTo(10);
    assertThat(refused.out())
        .startsWith("{\"accepted\":false,\"reason\":\"illegal_transition\",\"guards\":[],"
            + "\"permitted\":[\"no_update\",\"download\",\"fail\",\"cancel\"],\"state\":{");
    assertThat(refused.err().lines()).hasSize(1);
    assertThat(file).hasBinaryContent(before);
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(modified);
  }

  @Test
  void namesTheGuardsThatFail() {
    CommandLineRun.Result refused =
        agent.run("send", "download", "--to-version", "v1", "--running-version", "v1", "--json");

    assertThat(refused.code()).isEqualTo(10);
    assertThat(refused.out())
        .contains("\"reason\":\"guard_denied\",\"guards\":[\"newTarget\"],\"permitted\":[");
    assertThat(refused.err()).contains("newTarget");
  }

  @Test
  void takesAnEventForOneRevisionOnly() {
    assertThat(agent.run("send", "check", "--if-revision", "0").code()).isZero();

    CommandLineRun.Result stale = agent.run("send", "cancel", "--if-revision", "0", "--json");

    assertThat(stale.code()).isEqualTo(10);
    assertThat(stale.out()).contains("\"reason\":\"stale\"");
    assertThat(stale.err()).contains("revision 0").contains("at revision 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "send",
        "send frobnicate",
        "send CHECK",
        "send check --to-version v1",
        "send check --running-version v1",
        "send check --error x",
        "send check --force",
        "send check extra",
        "send verify",
        "send fail",
        "send download --to-version v1",
        "send download --running-version v1",
        "send verify --running-version v1 --force",
        "send check --if-revision x",
        "status --json --report",
        "send check --if-revision 9223372036854775808",
        "--max-attempts 9223372036854775808 send check",
        "frobnicate",
        "''",
        "reconcile",
        "replay",
        "--engine petri status",
        "--max-attempts x status",
        "--max-attempts -1 send check",
        "status --no-such-option",
        "diagram",
        "diagram --format tikz",
        "events --to-version v1",
      })
  void reportsInvalidArgumentsAsAUsageError(String arguments) {
    CommandLineRun.Result wrong =
        agent.run(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.out()).isEmpty();
    assertThat(wrong.err().lines()).hasSize(1);
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\u2003", "\ud800"})
  void reportsAnInvalidVersionAsAUsageError(String version) {
    CommandLineRun.Result wrong = agent.run("send", "verify", "--running-version", version);

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("--running-version");
    assertThat(agent.run("reconcile", "--running-version", version).code()).isEqualTo(2);
  }

  @Test
  void reportsATooLongVersionAsAUsageError() {
    String longest = "v".repeat(255);
    assertThat(agent.run("send", "verify", "--running-version", longest + "v").code())
        .isEqualTo(2);
    assertThat(agent.run("send", "verify", "--running-version", longest).code()).isEqualTo(10);
  }

  @Test
  void replaysLinesAndContinuesAfterInvalidOnes() {
    agent.withInput(
        "{\"event\":\"check\",\"at\":\"2026-01-02T03:04:05Z\",\"error\":7}",
        "",
        "nonsense",
        "[]",
        "{\"event\":\"frobnicate\"}",
        "{\"event\":\"fail\"}",
        "{\"event\":\"fail\",\"error\":5}",
        "{\"event\":\"fail\",\"error\":\"x\",\"at\":\"yesterday\"}",
        "{\"event\":\"fail\",\"error\":\"x\",\"at\":7}",
        "{\"event\":\"fail\",\"error\":\"x\"} {}",
        "{\"event\":\"confirm\"}",
        "{\"event\":\"download\",\"to_version\":\"v2\",\"running_version\":\"v1\",\"force\":1}",
        "{\"event\":\"download\",\"to_version\":\"v2\",\"running_version\":\"v1\",\"force\":null}");

    CommandLineRun.Result replayed = agent.run("replay", "-");

    assertThat(replayed.code()).isZero();
    assertThat(replayed.lines()).hasSize(13);
    assertThat(replayed.err().lines())
        .hasSize(10)
        .contains("update-agent: -: line 5: no event is named \"frobnicate\"")
        .anyMatch(line ->
            line.startsWith("update-agent: -: line 3: this is not one JSON object (column "));
    assertThat(replayed.lines().get(0))
        .isEqualTo("{\"accepted\":true,\"state\":{\"phase\":\"checking\","
            + "\"started_at\":\"2026-01-02T03:04:05Z\",\"updated_at\":\"2026-01-02T03:04:05Z\","
            + "\"attempt_count\":0,\"revision\":1}}");
    assertThat(replayed.lines().subList(1, 10))
        .allMatch(line ->
            line.startsWith("{\"accepted\":false,\"reason\":\"invalid_event\",\"guards\":[],"
                + "\"permitted\":[\"no_update\",\"download\",\"fail\",\"cancel\"],"
                + "\"state\":{\"phase\":\"checking\""));
    assertThat(replayed.lines().get(10)).contains("illegal_transition");
    assertThat(replayed.lines().get(11)).contains("invalid_event");
    assertThat(replayed.lines().get(12)).contains("\"accepted\":true", "\"attempt_count\":1");
  }

  @Test
  void endsAReplayOnAFileThatCannotBeRead() throws IOException {
    Files.writeString(file, "{\"phase\":\"idle\"");

    CommandLineRun.Result replayed = agent.withInput("{\"event\":\"check\"}").run("replay", "-");

    assertThat(replayed.code()).isEqualTo(11);
    assertThat(replayed.out()).isEmpty();
    assertThat(replayed.err()).contains(file.toString()).hasLineCount(1);
  }

  @Test
  void replaysAFileAndRejectsALineOfUtf16() throws IOException {
    Path lines = folder.resolve("events");
    Files.write(lines, "{\"event\":\"check\"}".getBytes(StandardCharsets.UTF_16LE));

    assertThat(agent.run("replay", lines.toString()).out()).contains("invalid_event");
    assertThat(agent.run("replay", folder.resolve("none").toString()).code()).isEqualTo(1);
  }

  @Test
  void printsAValidFileAsItIs() throws IOException {
    String foreign = "{ \"phase\" : \"idle\", \"x\": 1.10 }";
    Files.writeString(file, foreign);

    assertThat(agent.run("status", "--json")).isEqualTo(new CommandLineRun.Result(0, foreign, ""));
  }

  @Test
  void showsAMissingFileAsFreshIdle() {
    assertThat(agent.run("status", "--json").out()).contains("\"phase\": \"idle\"");
    assertThat(agent.run("status").out()).startsWith("phase        idle\n");
    assertThat(agent.run("history").out()).isEqualTo("no transition is recorded\n");
    assertThat(agent.run("history", "--json").out()).isEqualTo("[]\n");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "status --json", "history", "events", "send check"})
  void reportsAnInvalidFileWithItsPath(String arguments) throws IOException {
    Files.writeString(file, "{\"phase\":\"asleep\"}");

    CommandLineRun.Result wrong = agent.run(arguments.split(" ", -1));

    assertThat(wrong.code()).isEqualTo(11);
    assertThat(wrong.out()).isEmpty();
    assertThat(wrong.err()).contains(file.toString(), "asleep").hasLineCount(1);
  }

  @Test
  void describesTheStateOfAnUpdate() {
    agent.run("send", "download", "--to-version", "v1.1", "--running-version", "v1.0");
    agent.run("send", "fail", "--error", "disk full\n\u001b[31mred");

    CommandLineRun.Result status = agent.run("status");

    assertThat(status.lines().get(0))
        .matches(
            "phase        failed for \\d+s, since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d .*");
    assertThat(status.out())
        .contains("from         v1.0", "to           v1.1", "attempt      1 of 3")
        .contains("error        disk full\\n\\u001b[31mred")
        .contains("revision     2", "permitted    download, acknowledge");
    assertThat(agent.run("--max-attempts", "0", "status").out()).contains("1 (no limit)");
    assertThat(agent.run("history").lines()).hasSize(2);
    assertThat(agent.run("history", "--json").out())
        .contains("\"event\": \"fail\"", "\"error\": \"disk full\\n\\u001b[31mred\"");
  }

  @Test
  void explainsEachEvent() {
    agent.run("send", "download", "--to-version", "v1.1", "--running-version", "v1.0");
    agent.run("send", "fail", "--error", "x");

    CommandLineRun.Result events = agent.run("--max-attempts", "1", "events");

    assertThat(events.lines()).hasSize(11);
    assertThat(events.out())
        .contains("check        not in failed, only in idle")
        .contains("newTarget (the target must differ from the running version)")
        .contains("attemptsLeft (the target must differ from v1.1, whose attempts are used up");
    assertThat(agent.run("events", "--json").out())
        .startsWith(
            "[{\"event\":\"check\",\"permitted\":false,\"conditions\":[],\"legal_in\":[\"idle\"]}")
        .contains("{\"event\":\"acknowledge\",\"permitted\":true,\"to\":\"idle\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mermaid", "dot", "plantuml", "svg", "scxml", "markdown", "json"})
  void drawsTheMachineAndMarksThePhaseOfTheDevice(String format) {
    agent.run("send", "download", "--to-version", "v1.1", "--running-version", "v1.0");
    String[] plain = {"diagram", "--format", format};
    String[] marked = {"diagram", "--format", format, "--current"};

    CommandLineRun.Result drawn = agent.run(marked);

    assertThat(drawn.code()).isZero();
    assertThat(drawn.out())
        .contains("rolled_back")
        .isNotEqualTo(agent.run(plain).out());
    assertThat(agent.run(marked)).isEqualTo(drawn);
    assertThat(agent.run("--engine", "spring", "diagram", "--format", format, "--current"))
        .isEqualTo(drawn);
  }

  @Test
  void drawsTheMachineOfAnInvalidFileWithoutMarksOnly() throws IOException {
    Files.writeString(file, "{");

    assertThat(agent.run("diagram", "--format", "dot").code()).isZero();
    CommandLineRun.Result wrong = agent.run("diagram", "--format", "dot", "--current");
    assertThat(wrong.code()).isEqualTo(11);
    assertThat(wrong.out()).isEmpty();
    assertThat(wrong.err()).contains(file.toString()).hasLineCount(1);
  }

  @Test
  void countsAttemptsUpToTheLimit() {
    String[] download = {"send", "download", "--to-version", "v2", "--running-version", "v1"};
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThat(agent.run(download).code()).isZero();
      agent.run("send", "fail", "--error", "x");
    }

    assertThat(agent.run(download).code()).isEqualTo(10);
    assertThat(agent
            .run("send", "download", "--to-version", "v2", "--running-version", "v1", "--force")
            .code())
        .isZero();
  }

  /** The operator may have named another file than the one that the agent keeps. */
  @Test
  void namesTheStateFileThatIsMissingOrRejectsAnEvent() {
    for (String command : List.of("tick", "ack", "cancel")) {
      assertThat(agent.run(command))
          .isEqualTo(new CommandLineRun.Result(0, "nothing to do: " + file + " is missing\n", ""));
    }
    for (String command : List.of("history", "events")) {
      CommandLineRun.Result listed = agent.run(command);
      assertThat(listed.code()).isZero();
      assertThat(listed.err())
          .isEqualTo("update-agent: warning: " + file + ": is missing: nothing is recorded\n");
    }
    CommandLineRun.Result rejected = agent.run("send", "stage");
    assertThat(rejected.code()).isEqualTo(10);
    assertThat(rejected.err())
        .isEqualTo(
            "update-agent: " + file + ": stage is illegal in idle; permitted: check, download\n");
  }

  @Test
  void reconcilesALineAnEvent() {
    assertThat(agent.run("reconcile", "--running-version", "v1").out())
        .isEqualTo("nothing to do: " + file + " is missing\n");

    agent.run("send", "download", "--to-version", "v2", "--running-version", "v1");
    agent.run("send", "stage");
    assertThat(agent.run("reconcile", "--running-version", "v2").out())
        .isEqualTo("activate: staged -> activated\nverify: activated -> verifying\n");
    assertThat(agent.run("reconcile", "--running-version", "v2").out())
        .isEqualTo("nothing to do\n");
    assertThat(agent.run("reconcile", "--running-version", "v1").out())
        .isEqualTo("rollback: verifying -> rolled_back: v1 runs instead of v2\n");
  }

  @Test
  void reconcilesWithARebootThatTheCallerKnowsOf() {
    agent.run("send", "download", "--to-version", "v2", "--running-version", "v1");
    agent.run("send", "stage");
    agent.run("send", "activate");

    assertThat(agent.run("reconcile", "--running-version", "v1").out())
        .isEqualTo("nothing to do\n");
    assertThat(agent.run("reconcile", "--running-version", "v1", "--rebooted").out())
        .isEqualTo("rollback: activated -> rolled_back: v1 runs instead of v2\n");
  }

  @Test
  void repairsAnInvalidFileAndNoOther() throws IOException {
    assertThat(agent.run("repair").out()).startsWith("nothing to do");
    Files.writeString(file, "");

    CommandLineRun.Result repaired = agent.run("repair");

    assertThat(repaired.code()).isZero();
    assertThat(repaired.out()).contains("state.json.corrupt-");
    assertThat(agent.run("status").out()).startsWith("phase        idle\n");
    assertThat(agent.run("repair").out()).startsWith("nothing to do");
  }

  @Test
  void needsNoLockToRepairNothing() throws IOException {
    Path lock = file.resolveSibling(file.getFileName() + ".lock");
    assertThat(agent.run("repair").out()).isEqualTo("nothing to do: " + file + " is missing\n");
    assertThat(lock).doesNotExist();

    Files.createDirectory(lock);
    Files.writeString(file, "{\"phase\":\"idle\"}");
    assertThat(agent.run("repair").out()).isEqualTo("nothing to do: " + file + " is valid\n");

    Files.writeString(file, "{");
    assertThat(agent.run("repair").code()).isEqualTo(12);
    assertThat(file).hasContent("{");

    Files.delete(file);
    Files.createDirectory(file);
    assertThat(agent.run("repair").code()).isEqualTo(11);
  }

  @Test
  void findsTheStateFileByTheEnvironment() {
    Map<String, String> environment = Map.of("KUBESOLO_UPDATE_STATE", file.toString());

    assertThat(CommandLineRun.run(environment, new byte[0], "send", "check").code())
        .isZero();
    assertThat(file).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"table", "spring"})
  void givesTheSameAnswersFromBothEngines(String engine) {
    assertThat(agent.run("--engine", engine, "send", "check").out())
        .isEqualTo("check: idle -> checking\n");
    assertThat(agent.run("--engine", engine, "send", "check").err())
        .isEqualTo("update-agent: " + file + ": " + illegal(Phase.CHECKING, new Check()) + "\n");
  }

  /** Returns the message of an event that has no edge, with the events that have one. */
  private static String illegal(Phase phase, UpdateEvent event) {
    return new IllegalTransition(phase, event, new TableEngine().table().permitted(phase))
        .message();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "diagram --format bmp | --format is one of mermaid, dot,",
        "--engine petri status | --engine is one of table, spring; not 'petri'; see",
        "completion tcsh | SHELL is one of bash, zsh, fish; not 'tcsh'; see",
        "diagram | --format is missing; see",
        "replay | FILE is missing; see",
        "replay - - | unexpected argument '-'; see update-agent replay --help",
        "- | unknown command '-'; see",
        "wait --for idle,checkng | unknown phase 'checkng'; did you mean 'checking'? See",
        "wait --for xxx | unknown phase 'xxx'; the phases are idle, ",
        "help sttus | did you mean 'status'? See update-agent help",
        "status --jsn | did you mean '--json'? See update-agent status --help"
      })
  void saysWhatIsWrongWithAnArgument(String arguments, String problem) {
    CommandLineRun.Result wrong = agent.run(arguments.split(" ", -1));

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains(problem).hasLineCount(1);
  }

  static List<String> commands() {
    return Commands.NAMES;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpsWithEachCommandByAnExample(String command) {
    CommandLineRun.Result help = agent.run(command, "--help");
    List<String> example = help.lines().stream()
        .dropWhile(line -> !line.matches("Examples?:"))
        .skip(1)
        .toList();

    assertThat(help.code()).isZero();
    assertThat(help.out())
        .contains("Usage: update-agent " + command)
        .doesNotContain("healthcheck || reboot");
    assertThat(example).anyMatch(line -> line.matches(".*update-agent .*" + command + ".*"));
  }

  @Test
  void listsEachCommandInItsGroupWithAWholeSentence() {
    String help = agent.run("--help").out();

    for (String command : Commands.NAMES) {
      assertThat(help).containsPattern("\n  " + command + " +[A-Z][^.]*\\.\n");
    }
    assertThat(help)
        .containsSubsequence(
            "Device commands:", "State commands:", "Monitoring commands:", "Low-level commands:")
        .contains("\n  14 ");
    assertThat(agent.run("help").out()).isEqualTo(help);
  }

  @Test
  void explainsACommandByItsName() {
    CommandLineRun.Result help = agent.run("help", "send");

    assertThat(help.code()).isZero();
    assertThat(help.out()).isEqualTo(agent.run("send", "--help").out()).contains("--to-version V");
    assertThat(agent.run("help", "boot").out()).contains("Usage: update-agent simulate-boot");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sttus | status",
        "stat | status",
        "help sttus | status",
        "bot | boot",
        "send chek | check",
        "send chekc | check",
        "send download --to-versoin v1 | --to-version",
        "status --jsn | --json",
        "status --sate=x | --state",
        "--sate x status | --state",
        "wait --for stagd | staged",
        "--deadlines downloadin=1h tick | downloading"
      })
  void suggestsWhatMayHaveBeenMeant(String arguments, String meant) {
    CommandLineRun.Result wrong = agent.run(arguments.split(" ", -1));

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("did you mean '" + meant + "'?").hasLineCount(1);
  }

  @Test
  void takesWholeNumbersOf64Bits() {
    assertThat(
            agent.run("--max-attempts", "9223372036854775807", "send", "check").code())
        .isZero();
    assertThat(
            agent.run("send", "cancel", "--if-revision", "9223372036854775807").code())
        .isEqualTo(10);
    assertThat(
            agent.run("send", "cancel", "--if-revision", "-9223372036854775808").code())
        .isEqualTo(10);
    assertThat(
            agent.run("send", "cancel", "--if-revision", "00000000000000000001").code())
        .isZero();
  }

  @Test
  void takesNoOptionAfterTheSeparator() {
    assertThat(agent.run("send", "stage", "--", "--force").err())
        .contains("unexpected argument '--force'")
        .hasLineCount(1);
    assertThat(agent.run("status", "--", "--state=x").err())
        .contains("unexpected argument '--state=x'")
        .hasLineCount(1);
  }

  @Test
  void suggestsNothingThatIsFarFromWhatWasTyped() {
    assertThat(agent.run("frobnicate").err()).doesNotContain("did you mean");
    assertThat(agent.run("--json", "status").err())
        .contains("the options of a command come after its name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status --max-attempts 7 --state FILE",
        "--max-attempts 7 status --state FILE",
        "--state=FILE status --max-attempts=7",
        "--state FILE --max-attempts 7 status --engine spring",
        "status --state FILE --deadlines checking=1h --max-attempts 7"
      })
  void takesGlobalOptionsBeforeAndAfterTheCommand(String arguments) {
    agent.run("send", "download", "--to-version", "v2", "--running-version", "v1");

    CommandLineRun.Result status = CommandLineRun.run(
        Map.of(), new byte[0], arguments.replace("FILE", file.toString()).split(" ", -1));

    assertThat(status.code()).as(status.err()).isZero();
    assertThat(status.out()).contains("attempt      1 of 7");
  }

  @Test
  void takesAGlobalOptionOnce() {
    assertThat(agent.run("status", "--state", "other.json").code()).isEqualTo(2);
    assertThat(agent.run("status", "--engine", "table", "--engine", "spring").code())
        .isEqualTo(2);
  }

  @Test
  void readsNoArgumentFromAFile() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "secret --json");
    agent.run("send", "check");

    assertThat(agent.run("send", "fail", "--error", "@" + token).code()).isZero();
    assertThat(file).content().contains("\"last_error\": \"@" + token + "\"");
    assertThat(agent.run("@" + token).code()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ufffd", "caf\ufffd\ufffd"})
  void refusesAnArgumentThatTheLocaleCannotDecode(String text) {
    agent.run("send", "check");

    CommandLineRun.Result wrong = agent.run("send", "fail", "--error", text);

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("LC_ALL=C.UTF-8").hasLineCount(1);
    assertThat(file).content().contains("\"phase\": \"checking\"");
  }

  @Test
  void refusesAStateFileThatIsNamedLikeTheLockOfAnother() {
    Path lock = file.resolveSibling("state.json.lock");

    CommandLineRun.Result wrong =
        CommandLineRun.run(Map.of(), new byte[0], "--state", lock.toString(), "send", "check");

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains(lock + " cannot be a state file").hasLineCount(1);
    assertThat(lock).doesNotExist();
  }

  @Test
  void refusesAPathInTheEnvironmentThatTheLocaleCannotDecode() {
    Map<String, String> environment = Map.of("KUBESOLO_UPDATE_STATE", "/x/\ufffd");

    CommandLineRun.Result wrong = CommandLineRun.run(environment, new byte[0], "status");

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("$KUBESOLO_UPDATE_STATE").hasLineCount(1);
  }

  private static final String CONTROLS = "v\u001b[31m\u007f\u009b\u0085\n";
  private static final String ESCAPED = "\\u001b[31m\\u007f\\u009b\\u0085";

  /** Writes a state with control characters in each text that a file can hold. */
  private void writeControls() throws IOException {
    String raw = CONTROLS.replace("\u001b", "\\u001b").replace("\n", "\\n");
    Files.writeString(file, """
        {"phase":"failed","from_version":"%1$s","to_version":"%1$s","last_error":"%1$s",\
        "started_at":"2026-01-02T03:04:05Z","updated_at":"2026-01-02T03:04:05Z",\
        "attempt_count":1,"revision":4,"rolled_back_versions":["%1$s"],"history":[\
        {"at":"2026-01-02T03:04:05Z","event":"%1$s","from":"%1$s","to":"%1$s",\
        "to_version":"%1$s","error":"%1$s"}],"%1$s":"%1$s"}
        """.formatted(raw));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "status --json",
        "status --report",
        "status --output json",
        "history",
        "history --json",
        "events",
        "events --json",
        "send check",
        "send check --json",
        "wait --for idle --timeout 0s",
        "diagram --format mermaid --current",
        "diagram --format markdown --current"
      })
  void escapesControlCharactersOfTheFile(String arguments) throws IOException {
    writeControls();

    CommandLineRun.Result result = agent.run(arguments.split(" ", -1));

    assertThat(result.out() + result.err())
        .doesNotContainPattern("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f]");
  }

  @Test
  void printsTheFileItselfButForControlCharacters() throws IOException {
    writeControls();
    String content = Files.readString(file);

    CommandLineRun.Result shown = agent.run("status", "--json");

    assertThat(shown.out())
        .contains(ESCAPED)
        .isEqualTo(content
            .replace("\u007f", "\\u007f")
            .replace("\u009b", "\\u009b")
            .replace("\u0085", "\\u0085"));
  }

  @Test
  void escapesControlCharactersOfTheCommandLine() {
    CommandLineRun.Result wrong = agent.run("send", CONTROLS);

    assertThat(wrong.err())
        .hasLineCount(1)
        .doesNotContainPattern("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f]");
  }

  @Test
  void namesTheStateFileAndSaysIfThereIsNone() {
    assertThat(agent.run("status").out())
        .contains("state file   " + file + " does not exist: nothing is recorded\n");
    agent.run("send", "check");
    assertThat(agent.run("status").out()).contains("state file   " + file + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense | not JSON (line 1, column 1); update-agent --state",
        "{\"phase\" | ends too early",
        "{\"phase\":} | not JSON (line 1, column 10); update-agent --state"
      })
  void saysWhatToDoWithAnInvalidFileInPlainWords(String content, String words) throws IOException {
    Files.writeString(file, content);

    CommandLineRun.Result wrong = agent.run("status");

    assertThat(wrong.code()).isEqualTo(11);
    assertThat(wrong.err())
        .startsWith("update-agent: " + file + ": ")
        .contains(
            words,
            "; update-agent --state " + file + " repair moves it aside and writes a fresh one")
        .hasLineCount(1);
  }

  @Test
  void saysWhatToDoWithADirectoryInPlaceOfTheFile() throws IOException {
    Files.createDirectory(file);

    assertThat(agent.run("status").err())
        .contains("name another file by --state")
        .hasLineCount(1);
  }

  @Test
  void callsTheErrorOfAnEarlierAttemptThat() {
    agent.run("send", "download", "--to-version", "v2", "--running-version", "v1");
    agent.run("send", "fail", "--error", "disk full");
    assertThat(agent.run("status").out()).contains("error        disk full\n");

    agent.run("send", "download", "--to-version", "v2", "--running-version", "v1");

    assertThat(agent.run("status").out())
        .contains("error        of an earlier attempt: disk full\n");
  }

  @Test
  void judgesTheVersionsThatItIsAskedAbout() {
    agent.run("send", "download", "--to-version", "v2", "--running-version", "v1");
    agent.run("send", "fail", "--error", "x");
    String[] events = {
      "--max-attempts", "1", "events", "--to-version", "v2", "--running-version", "v1"
    };

    assertThat(agent.run(events).out())
        .contains("download     denied by attemptsLeft (the target must differ from v2, whose"
            + " attempts are used up (1 of 1), unless the event is forced), with to_version v2,"
            + " running_version v1\n");
    assertThat(
            agent.run("events", "--to-version", "v3", "--running-version", "v1").out())
        .contains("download     permitted, to downloading, with to_version v3, running_version v1");
    assertThat(agent
            .run("events", "--to-version", "v1", "--running-version", "v1", "--json")
            .out())
        .contains("\"permitted\":false,\"to\":\"downloading\"")
        .contains("\"denied_by\":[{\"guard\":\"newTarget\",");
  }

  @Test
  void saysWhichDirectoryCannotBeMade() throws IOException {
    Files.writeString(folder.resolve("file"), "");
    Path inside = folder.resolve("file/state.json");

    CommandLineRun.Result wrong = new CommandLineRun(inside).run("send", "check");

    assertThat(wrong.code()).isIn(11, 12);
    assertThat(wrong.err()).contains(folder.resolve("file").toString()).hasLineCount(1);
  }
}
