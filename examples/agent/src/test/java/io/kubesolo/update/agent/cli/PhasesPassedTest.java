package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.monitor.StatusReader;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The phases that follow from two reads of a file, whatever was between them. */
final class PhasesPassedTest {
  @TempDir
  Path folder;

  @ParameterizedTest
  @CsvSource({
    "'', '', idle",
    "'', check, checking idle",
    "'', check no_update, checking idle",
    "'', check cancel, checking idle",
    "'', check no_update check cancel, checking idle",
    "check, no_update, checking idle",
    "check, no_update check, checking idle",
    "'', download, idle downloading",
    "'', download stage, idle downloading staged",
    "'', check download, checking downloading idle",
    "'', check fail acknowledge, checking failed idle",
    "'', check no_update download cancel, checking downloading idle",
    "download stage, activate, staged activated",
    "download stage, activate verify confirm acknowledge, staged activated verifying success idle",
    "download fail, acknowledge check no_update, failed idle checking",
    "download fail, download, failed downloading"
  })
  void followFromHistoryAndRevision(String first, String then, String passed) throws IOException {
    Path file = folder.resolve("state.json");
    send(file, first);
    UpdateState before = read(file);
    send(file, then);

    assertThat(passed(before, read(file))).hasSameElementsAs(List.of(passed.split(" ", -1)));
  }

  @ParameterizedTest
  @CsvSource({
    "check no_update check no_update, check no_update, checking idle",
    "check no_update, check cancel, checking idle",
    "download fail acknowledge, check fail acknowledge, checking failed idle",
    "download fail acknowledge download cancel check, check no_update, checking idle"
  })
  void followFromAFileThatWasReplaced(String first, String replacing, String passed)
      throws IOException {
    Path file = folder.resolve("state.json");
    send(file, first);
    UpdateState before = read(file);
    Path other = folder.resolve("other.json");
    send(other, replacing);

    assertThat(passed(before, read(other))).containsAll(List.of(passed.split(" ", -1)));
  }

  @Test
  void areNotClaimedOfAFileFromLongAgo() throws IOException {
    Path file = folder.resolve("state.json");
    send(file, "check no_update download cancel");
    UpdateState old = read(file);
    send(file, "download stage");

    assertThat(passed(read(file), old)).containsExactly("idle");
  }

  @Test
  void areNotClaimedIfTheHistoryHasDroppedEntries() throws IOException {
    Path file = folder.resolve("state.json");
    send(file, "download cancel");
    UpdateState before = read(file);
    send(file, "download cancel ".repeat(11).strip());

    assertThat(passed(before, read(file))).doesNotContain("checking");
  }

  private static List<String> passed(UpdateState before, UpdateState after) {
    PhasesPassed passed = PhasesPassed.between(before, after);
    return Arrays.stream(Phase.values())
        .filter(phase -> passed.find(phase::equals).isDefined())
        .map(Phase::wireName)
        .collect(Collectors.toList());
  }

  private static UpdateState read(Path file) {
    return StatusReader.load(file).get().state();
  }

  private static void send(Path file, String events) throws IOException {
    for (String event : events.isEmpty() ? new String[0] : events.split(" ", -1)) {
      String line = switch (event) {
        case "download" -> "send download --force --to-version v2 --running-version v1";
        case "verify" -> "send verify --running-version v2";
        case "fail" -> "send fail --error x";
        default -> "send " + event;
      };
      CommandLineRun.Result sent = new CommandLineRun(file).run(line.split(" ", -1));
      assertThat(sent.code()).as(sent.err()).isZero();
    }
    assertThat(Files.exists(file) || events.isEmpty()).isTrue();
  }
}
