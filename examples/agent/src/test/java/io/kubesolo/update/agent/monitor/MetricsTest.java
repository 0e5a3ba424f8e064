package io.kubesolo.update.agent.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.cli.UpdateAgent;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.OverdueState;
import io.kubesolo.update.agent.testkit.Program;
import io.kubesolo.update.agent.testkit.Readers;
import io.kubesolo.update.agent.testkit.TestDevice;
import io.kubesolo.update.core.testing.tool.Tools;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.vavr.control.Option;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MetricsTest {
  private static final Path ALERTS = Path.of("alerts.yml");
  private static final Path ALERTS_TEST = Path.of("src/test/resources/alerts-test.yml");
  private static final Path WAITING_TEST = Path.of("src/test/resources/alerts-waiting-test.yml");

  private static final String BUILD_INFO =
      "kubesolo_update_build_info{version=\"" + UpdateAgent.VERSION + "\"} 1";

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
  void showsTheStateOfAnUpdate() {
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
        .filteredOn(line -> line.startsWith("kubesolo_update_phase{"))
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
  void showsOnlyThatAFileCannotBeRead() throws IOException {
    Files.writeString(file, "{\"phase\":\"asleep\"}");

    CommandLineRun.Result metrics = agent.run("metrics");

    assertThat(metrics.code()).isZero();
    assertThat(samples(metrics))
        .containsExactlyInAnyOrder("kubesolo_update_state_readable 0.0", BUILD_INFO);
    assertThat(metrics.err()).contains(file.toString(), "asleep").hasLineCount(1);
  }

  private static List<String> samples(CommandLineRun.Result metrics) {
    return metrics.lines().stream().filter(line -> !line.startsWith("#")).toList();
  }

  @Test
  void countsADirectoryInPlaceOfTheFileAsUnreadable() throws IOException {
    Files.createDirectory(file);

    CommandLineRun.Result metrics = agent.run("metrics");

    assertThat(metrics.code()).isZero();
    assertThat(samples(metrics))
        .containsExactlyInAnyOrder("kubesolo_update_state_readable 0.0", BUILD_INFO);
    assertThat(metrics.err()).contains(file.toString()).hasLineCount(1);
  }

  @Test
  void namesTheVersionOfThePom() throws IOException {
    assertThat(metrics()).contains(BUILD_INFO);
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<version>" + UpdateAgent.VERSION + "</version>");
  }

  @Test
  void givesAgeAndDeadlineOfThePhase() throws IOException {
    OverdueState.write(file, "verifying");

    List<String> samples = samples(agent.run("--deadlines", "verifying=90s", "metrics"));

    assertThat(samples).contains("kubesolo_update_deadline_seconds 90.0");
    double uptime = Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0]);
    assertThat(value(samples, "kubesolo_update_phase_age_seconds"))
        .isBetween(uptime - 60, uptime + 1);
  }

  private static double value(List<String> samples, String metric) {
    return samples.stream()
        .filter(line -> line.startsWith(metric + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(metric.length())))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void givesNoDeadlineOfAPhaseThatHasNoneAndNoAgeThatIsUnknown() throws IOException {
    OverdueState.write(file, "staged");
    assertThat(metrics())
        .contains("kubesolo_update_phase_age_seconds ")
        .doesNotContain("deadline_seconds");

    OverdueState.write(file, "verifying");
    LifecycleSettings withoutUptime = LifecycleSettings.DEFAULT.withBoot(Option::none);
    StatusReader reader = Readers.of(file, Optional.empty(), withoutUptime);
    assertThat(Metrics.write(reader.observe(), MetricsFormat.TEXT))
        .contains("kubesolo_update_phase{phase=\"verifying\"} 1.0", "overdue 0.0")
        .contains("kubesolo_update_deadline_seconds 1800.0")
        .doesNotContain("phase_age_seconds");
    assertThat(metrics("--deadlines", "verifying=none")).doesNotContain("deadline_seconds");
  }

  @Test
  void callsForARebootOnceAnUpdateIsActivated() throws IOException {
    download();
    agent.run("send", "stage");
    assertThat(metrics()).contains("kubesolo_update_reboot_required 0.0");
    agent.run("send", "activate");
    assertThat(metrics()).contains("kubesolo_update_reboot_required 1.0");

    OverdueState.write(file, "activated", "another boot");
    assertThat(metrics()).contains("kubesolo_update_reboot_required 0.0");
  }

  @Test
  void escapesWhatATerminalWouldActOn() throws IOException {
    Files.writeString(
        file,
        "{\"phase\":\"idle\",\"from_version\":\"\\u001b[31m\\r\\u007f\\u009b\\t\",\"to_version\":\"é\"}");

    assertThat(metrics())
        .contains(
            "{from_version=\"\\\\u001b[31m\\\\u000d\\\\u007f\\\\u009b\\\\u0009\",to_version=\"é\"} 1")
        .matches(text -> text.chars().allMatch(c -> c == '\n' || !Character.isISOControl(c)));
  }

  @Test
  void areTheSameInEveryLanguage() throws IOException {
    OverdueState.write(file, "verifying");
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(metrics().chars()).allMatch(c -> c < 0x80);
      assertThat(agent.run("status", "--report").out().chars()).allMatch(c -> c < 0x80);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void showsThatAPhaseHasOutlastedItsDeadline() throws IOException {
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
  void theAlertsFireOnTheirConditions() throws Exception {
    Tools.assumePresent("promtool");

    CommandLineRun.Result tested =
        promtool("", "test", "rules", ALERTS_TEST.toString(), WAITING_TEST.toString());

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

    TestDevice device = new TestDevice(folder.resolve("device"), URI.create("http://localhost/"));
    List<String> names = device.done("metrics").lines().stream()
        .map(line -> line.replaceAll("[{ ].*", ""))
        .toList();
    assertThat(used).hasSizeGreaterThan(4).allMatch(names::contains);
    String tests = Files.readString(ALERTS_TEST) + Files.readString(WAITING_TEST);
    Pattern.compile("alert: (\\w+)")
        .matcher(alerts)
        .results()
        .forEach(m -> assertThat(tests).contains("alertname: " + m.group(1)));
  }

  private CommandLineRun.Result promtool(String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(List.of(arguments));
    return Program.run(folder, input, command.toArray(String[]::new));
  }
}
