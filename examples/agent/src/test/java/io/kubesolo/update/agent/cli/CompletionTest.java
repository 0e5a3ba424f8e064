package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.Program;
import io.kubesolo.update.agent.testkit.Zsh;
import io.kubesolo.update.core.testing.tool.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The completions that the shells themselves compute from the script. */
@Timeout(60)
class CompletionTest {
  /** Asks the function that bash calls on Tab; prints a completion a line. */
  private static final String BASH = """
      source "$1"; shift
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
      compopt() { :; }
      "$(complete -p update-agent | sed 's/.* -F \\([^ ]*\\).*/\\1/')"
      printf '%s\\n' "${COMPREPLY[@]}"
      """;

  @TempDir
  Path folder;

  private CommandLineRun agent;

  @BeforeEach
  void useAStateFileOfItsOwn() {
    agent = new CommandLineRun(folder.resolve("state.json"));
  }

  @ParameterizedTest
  @CsvSource({
    "hist, history",
    "send down, download",
    "send --to, --to-version",
    "diagram --format me, mermaid",
    "--engine sp, spring",
    "--state x wait --for ro, rolled_back",
    "--output = js, json",
    "--state = x wait --for = ro, rolled_back",
    "'wait --for success,failed,ro', 'success,failed,rolled_back'",
    "'wait --for = success,ro', 'success,rolled_back'",
    "completion z, zsh"
  })
  void bashCompletes(String typed, String completed) throws Exception {
    Tools.assumePresent("bash");
    List<String> command = new ArrayList<>(List.of("bash", "-c", BASH, "bash", script("bash")));
    command.addAll(List.of(("update-agent " + typed).split(" ", -1)));

    CommandLineRun.Result shell = Program.run(folder, "", command.toArray(String[]::new));

    assertThat(shell).isEqualTo(new CommandLineRun.Result(0, completed + "\n", ""));
  }

  /** Bash makes three words of --option=value, and two of it while the value is empty. */
  @Test
  void bashCompletesAValueOfWhichNothingIsTyped() throws Exception {
    Tools.assumePresent("bash");
    String[] command = {"bash", "-c", BASH, "bash", script("bash"), "update-agent", "--output", "="
    };

    assertThat(Program.run(folder, "", command).lines()).containsExactlyInAnyOrder("text", "json");
  }

  @Test
  void bashKnowsEveryCommand() throws Exception {
    Tools.assumePresent("bash");
    String[] command = {"bash", "-c", BASH, "bash", script("bash"), "update-agent", ""};

    assertThat(Program.run(folder, "", command).lines()).containsAll(Commands.NAMES);
  }

  @ParameterizedTest
  @CsvSource({"hist, history", "send down, send download", "diagram --format me, mermaid"})
  void zshCompletes(String typed, String completed) throws Exception {
    CommandLineRun.Result shell =
        Zsh.tab(folder, "source " + script("zsh"), "update-agent " + typed, completed);

    assertThat(shell.code()).as(shell.err()).isZero();
    assertThat(shell.out()).contains(completed).doesNotContain("command not found");
  }

  @ParameterizedTest
  @CsvSource({
    "hist, history",
    "send down, download",
    "send --to, --to-version",
    "diagram --format me, mermaid",
    "--engine sp, spring",
    "--state x wait --for ro, rolled_back",
    "--state=x --device y send down, download",
    "completion z, zsh"
  })
  void fishCompletes(String typed, String completed) throws Exception {
    assertThat(fishAnswers(typed)).containsExactly(completed);
  }

  @Test
  void fishKnowsEveryCommandAndNothingElse() throws Exception {
    List<String> all = new ArrayList<>(Commands.NAMES);
    all.addAll(Commands.ALIASES.keySet());

    assertThat(fishAnswers("")).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void fishCompletesFilesWhereAFileIsExpected() throws Exception {
    Files.createFile(folder.resolve("events.jsonl"));

    assertThat(fishAnswers("replay " + folder + "/ev"))
        .containsExactly(folder.resolve("events.jsonl").toString());
    assertThat(fishAnswers("--state " + folder + "/ev"))
        .containsExactly(folder.resolve("events.jsonl").toString());
    assertThat(fishAnswers("status " + folder + "/ev")).isEmpty();
  }

  private List<String> fishAnswers(String typed) throws Exception {
    Tools.assumePresent("fish");
    String ask = "source $argv[1]; complete -C $argv[2]";
    CommandLineRun.Result shell = Program.run(
        folder, "", "fish", "--no-config", "-c", ask, script("fish"), "update-agent " + typed);
    assertThat(shell.code()).as(shell.err()).isZero();
    assertThat(shell.err()).isEmpty();
    return shell.lines().stream().map(line -> line.split("\t", 2)[0]).toList();
  }

  @Test
  void rejectsEveryOtherShell() {
    CommandLineRun.Result wrong = agent.run("completion", "tcsh");

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err())
        .contains("SHELL is one of bash, zsh, fish; not 'tcsh'")
        .hasLineCount(1);
  }

  private String script(String shell) throws Exception {
    CommandLineRun.Result printed = agent.run("completion", shell);
    assertThat(printed.code()).isZero();
    return Files.writeString(folder.resolve("script"), printed.out()).toString();
  }
}
