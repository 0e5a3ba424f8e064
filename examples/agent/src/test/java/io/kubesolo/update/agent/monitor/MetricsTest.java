package io.kubesolo.update.agent.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.OverdueState;
import io.kubesolo.update.agent.testkit.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MetricsTest {
  private static final Path ALERTS = Path.of("alerts.yml");
  private static final Path ALERTS_TEST = Path.of("src/test/resources/alerts-test.yml");

  @TempDir
  Path folder;

  private Path file;
  private CommandLineRun agent;

  @BeforeEach
  void useAStateFileOfItsOwn() {
    file = folder.resolve("state.json");
    agent = new CommandLineRun(file);
  }

  private void download() {
    agent.run("send", "download", "--to-version", "v\"2\\", "--running-version", "v1");
  }

  @Test
  void tellsWhereAnUpdateStands() {
    download();
    agent.run("send", "fail", "--error", "disk full");

    assertThat(metrics().lines())
        .contains(
            "kubesolo_update_phase{phase=\"failed\"} 1.0",
            "kubesolo_update_attempts 1.0",
            "kubesolo_update_attempts_limit 3.0",
            "kubesolo_update_transitions_total 2.0",
            "kubesolo_update_version_info{from_version=\"v1\",to_version=\"v\\\"2\\\\\"} 1",
            "kubesolo_update_error 1.0",
            "kubesolo_update_overdue 0.0",
            "kubesolo_update_state_readable 1.0")
        .filteredOn(line -> line.startsWith("kubesolo_update_phase"))
        .hasSize(9)
        .filteredOn(line -> line.endsWith(" 0.0"))
        .hasSize(8);
  }

  @Test
  void escapesALineBreakInAVersion() throws IOException {
    Files.writeString(
        file,
        "{\"phase\":\"downloading\",\"from_version\":\"v1\",\"to_version\":\"v\\n2\","
            + "\"updated_at\":\"1970-01-01T00:00:01Z\",\"attempt_count\":1}");

    assertThat(metrics().lines())
        .contains("kubesolo_update_version_info{from_version=\"v1\",to_version=\"v\\n2\"} 1");
  }

  @Test
  void givesTimesInSecondsOfTheEpoch() throws IOException {
    Files.writeString(
        file,
        "{\"phase\":\"idle\",\"started_at\":\"2026-01-02T03:04:05.25Z\","
            + "\"updated_at\":\"1970-01-01T00:00:01Z\",\"attempt_count\":0}");

    assertThat(metrics().lines())
        .contains(
            "kubesolo_update_started_timestamp_seconds 1.76732304525E9",
            "kubesolo_update_updated_timestamp_seconds 1.0");
  }

  @Test
  void givesNoTimeOfADeviceThatWasNeverUpdated() {
    assertThat(metrics())
        .contains(
            "kubesolo_update_state_readable 1.0",
            "kubesolo_update_phase{phase=\"idle\"} 1.0",
            "kubesolo_update_version_info{from_version=\"\",to_version=\"\"} 1")
        .doesNotContain("timestamp_seconds");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void tellsNothingOfAFileThatCannotBeReadButThat() throws IOException {
    Files.writeString(file, "{\"phase\":\"asleep\"}");

    CommandLineRun.Result metrics = agent.run("metrics");

    assertThat(metrics.code()).isZero();
    assertThat(metrics.lines())
        .filteredOn(line -> !line.startsWith("#"))
        .containsExactly("kubesolo_update_state_readable 0.0");
    assertThat(metrics.err()).contains(file.toString(), "asleep").hasLineCount(1);
  }

  @Test
  void tellsThatAPhaseHasOutlastedItsDeadline() throws IOException {
    OverdueState.write(file, "verifying");

    assertThat(metrics("--deadlines", "verifying=1s")).contains("kubesolo_update_overdue 1.0");
    assertThat(metrics("--deadlines", "verifying=none")).contains("kubesolo_update_overdue 0.0");
  }

  private String metrics(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("metrics");
    return agent.run(all.toArray(String[]::new)).out();
  }

  @Test
  void nodeExporterNeverSeesHalfATextfile() throws Exception {
    Path textfile = folder.resolve("update.prom");
    String[] replace = {"metrics", "--textfile", textfile.toString()};
    assertThat(agent.run(replace)).isEqualTo(new CommandLineRun.Result(0, "", ""));
    int size = Files.readAllBytes(textfile).length;
    AtomicInteger reads = new AtomicInteger();
    CompletableFuture<Void> writers = CompletableFuture.allOf(
        CompletableFuture.runAsync(() -> repeat(replace)),
        CompletableFuture.runAsync(() -> repeat(replace)));

    while (!writers.isDone()) {
      assertThat(Files.readAllBytes(textfile)).hasSize(size);
      reads.incrementAndGet();
    }

    writers.join();
    assertThat(reads).hasPositiveValue();
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    assertThat(Files.getPosixFilePermissions(textfile))
        .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
  }

  private void repeat(String... command) {
    for (int i = 0; i < 100; i++) {
      assertThat(agent.run(command).code()).isZero();
    }
  }

  @Test
  void saysWhyATextfileCannotBeWritten() {
    Path textfile = folder.resolve("none/update.prom");

    CommandLineRun.Result metrics = agent.run("metrics", "--textfile", textfile.toString());

    assertThat(metrics.code()).isEqualTo(12);
    assertThat(metrics.err()).contains(textfile.toString()).hasLineCount(1);
  }

  @Test
  void promtoolHasNothingToSay() throws Exception {
    Tools.assumePresent("promtool");
    download();
    String metrics = metrics();

    assertThat(promtool(metrics, "check", "metrics"))
        .isEqualTo(new CommandLineRun.Result(0, "", ""));
    assertThat(
            promtool(metrics.replaceAll("# HELP.*\n", ""), "check", "metrics").code())
        .as("metrics without help")
        .isNotZero();
  }

  @Test
  void theAlertsDoWhatTheyAreFor() throws Exception {
    Tools.assumePresent("promtool");

    CommandLineRun.Result tested = promtool("", "test", "rules", ALERTS_TEST.toString());

    assertThat(tested.code()).as(tested.out() + tested.err()).isZero();
  }

  @Test
  void theAlertsUseOnlyMetricsThatThereAre() throws IOException {
    String alerts = Files.readString(ALERTS);
    TreeSet<String> used = new TreeSet<>();
    Pattern.compile("kubesolo_update_\\w+")
        .matcher(alerts)
        .results()
        .forEach(m -> used.add(m.group()));

    assertThat(used).hasSizeGreaterThan(4).allMatch(metrics().replaceAll("[{ ].*", "")::contains);
    Pattern.compile("alert: (\\w+)")
        .matcher(alerts)
        .results()
        .forEach(m -> assertThat(ALERTS_TEST).content().contains("alertname: " + m.group(1)));
  }

  private CommandLineRun.Result promtool(String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    return Tools.run(folder, input, command.toArray(String[]::new));
  }
}
