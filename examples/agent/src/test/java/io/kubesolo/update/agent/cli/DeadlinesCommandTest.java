package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.OverdueState;
import io.kubesolo.update.core.Deadlines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlinesCommandTest {
  private static final String ONE_SECOND = "checking=1s,downloading=1s,verifying=1s";

  @TempDir
  Path folder;

  private Path file;
  private CommandLineRun agent;

  @BeforeEach
  void useAStateFileOfItsOwn() {
    file = folder.resolve("state.json");
    agent = new CommandLineRun(file);
  }

  @ParameterizedTest
  @CsvSource({
    "checking, fail: checking -> failed: timed out in checking after 1s",
    "downloading, fail: downloading -> failed: timed out in downloading after 1s",
    "verifying, rollback: verifying -> rolled_back: timed out in verifying after 1s"
  })
  void endsAnOverduePhaseIndependentlyOfTheWallClock(String phase, String line) throws IOException {
    OverdueState.write(file, phase);

    assertThat(agent.run("--deadlines", ONE_SECOND, "tick"))
        .isEqualTo(new CommandLineRun.Result(0, line + "\n", ""));
    assertThat(agent.run("--deadlines", ONE_SECOND, "tick").out()).isEqualTo("nothing to do\n");
  }

  @Test
  void countsFromTheBootIfTheDeviceWasRestartedSince() throws IOException {
    OverdueState.write(file, "downloading", "a boot before this one");

    assertThat(
            agent.run("--deadlines", "downloading=1000d, checking=1h", "tick").out())
        .isEqualTo("nothing to do\n");
    assertThat(agent.run("--deadlines", ONE_SECOND, "tick").out())
        .startsWith("fail: downloading -> failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"idle", "staged", "activated", "success", "rolled_back", "failed"})
  void leavesAPhaseThatMayLastForEverAlone(String phase) throws IOException {
    OverdueState.write(file, phase);
    byte[] before = Files.readAllBytes(file);

    assertThat(agent.run("--deadlines", ONE_SECOND, "tick").out()).isEqualTo("nothing to do\n");
    assertThat(agent.run("--deadlines", ONE_SECOND, "status").out()).doesNotContain("overdue");
    assertThat(file).hasBinaryContent(before);
  }

  @Test
  void statusSaysThatAPhaseIsOverdueAndWhatEndsIt() throws IOException {
    OverdueState.write(file, "verifying");

    assertThat(agent.run("--deadlines", ONE_SECOND, "status").out())
        .contains("overdue      it may last 1s; tick sends rollback\n");
    assertThat(agent.run("--deadlines", ONE_SECOND, "status", "--report").out())
        .contains("\"overdue\":true", "\"deadline_s\":1,", "\"due\":\"rollback\"", "\"age_s\":");
    assertThat(agent.run("--deadlines", "verifying=none", "status", "--report").out())
        .contains("\"overdue\":false")
        .doesNotContain("deadline_s", "due\":\"");
  }

  @Test
  void tickReportsAFileThatCannotBeRead() throws IOException {
    Files.writeString(file, "{");

    assertThat(agent.run("tick").code()).isEqualTo(11);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "downloading",
        "downloading=",
        "downloading=0s",
        "downloading=-1s",
        "downloading=5",
        "downloading=1h,",
        "downloading=1h,downloading=2h",
        "downloading=none,downloading=2h",
        "idle=1h",
        "asleep=1h",
        "downloading=99999999d"
      })
  void reportsInvalidDeadlinesAsAUsageError(String deadlines) {
    CommandLineRun.Result wrong = agent.run("--deadlines", deadlines, "tick");

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("--deadlines").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "90s, PT90S",
    "5m, PT5M",
    "6h, PT6H",
    "1h30m, PT1H30M",
    "1h 30m, PT1H30M",
    "2d, PT48H",
    "1d1h1m1s, PT25H1M1S",
    "0s, PT0S",
    "36500d, P36500D"
  })
  void parsesDurations(String text, Duration duration) throws Failure {
    assertThat(DurationParser.parse("--x", text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 59, 60, 61, 3599, 3600, 5400, 86_399, 86_400, 90_000, 172_800})
  void parsesWhatItFormats(long seconds) throws Failure {
    Duration duration = Duration.ofSeconds(seconds);
    String formatted = Deadlines.inWords(duration);

    assertThat(Deadlines.inWords(DurationParser.parse("--x", formatted))).isEqualTo(formatted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "1", "s", "1.5h", "-1s", "1m1h", "36501d", "9999999999s"})
  void refusesWhatIsNoDuration(String text) {
    assertThatThrownBy(() -> DurationParser.parse("--x", text))
        .isInstanceOfSatisfying(
            Failure.class, wrong -> assertThat(wrong.kind()).isEqualTo(Failure.Kind.USAGE));
  }
}
