package io.kubesolo.update.agent.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.Json;
import io.kubesolo.update.agent.testkit.OverdueState;
import io.kubesolo.update.agent.testkit.Program;
import io.kubesolo.update.agent.testkit.TestDevice;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard for Grafana asks for metrics and labels that exist, in expressions that are valid. */
@Timeout(60)
class DashboardTest {
  private static final int COLUMNS = 24;
  private static final Pattern SELECTOR =
      Pattern.compile("(kubesolo_update_\\w+)(?:\\{([^}]*)\\})?");

  /** Labels that Prometheus adds to what it scrapes. */
  private static final List<String> OF_PROMETHEUS = List.of("instance", "job");

  @TempDir
  Path folder;

  private JsonNode dashboard;

  @BeforeEach
  void read() throws IOException {
    dashboard = Json.read(Files.readAllBytes(Path.of("dashboard.json")));
  }

  private List<String> expressions() {
    List<String> expressions = new ArrayList<>();
    dashboard.findValues("expr").forEach(expression -> expressions.add(expression.asText()));
    assertThat(expressions).hasSizeGreaterThan(8);
    return expressions;
  }

  @Test
  void asksForMetricsAndLabelsThatExist() throws Exception {
    TestDevice device = new TestDevice(folder.resolve("device"), URI.create("http://localhost/"));
    OverdueState.write(device.dir.resolve("state.json"), "verifying");
    List<String> samples = device.done("metrics").lines();
    List<String> asked = expressions();
    dashboard.findValues("definition").forEach(query -> asked.add(query.asText()));

    for (String expression : asked) {
      Matcher selector = SELECTOR.matcher(expression);
      assertThat(selector.find()).as(expression).isTrue();
      do {
        String metric = selector.group(1);
        assertThat(samples).as(expression).anyMatch(line -> line.matches(metric + "[ {].*"));
        String labels = selector.group(2) == null ? "" : selector.group(2);
        labels(labels)
            .forEach(label -> assertThat(samples)
                .as(expression)
                .anyMatch(line -> line.matches(metric + "\\{.*\\b" + label + "=.*")));
      } while (selector.find());
    }
  }

  private static List<String> labels(String matchers) {
    TreeSet<String> labels = new TreeSet<>();
    Pattern.compile("(\\w+)\\s*=~?")
        .matcher(matchers)
        .results()
        .forEach(label -> labels.add(label.group(1)));
    labels.removeAll(OF_PROMETHEUS);
    return List.copyOf(labels);
  }

  @Test
  void showsEachStateOfAnUpdate() {
    List<String> expressions = expressions();
    for (String metric : List.of(
        "phase",
        "state_readable",
        "overdue",
        "reboot_required",
        "running_info",
        "attempts",
        "waiting",
        "fleet_lock_held")) {
      assertThat(expressions).anyMatch(each -> each.contains("kubesolo_update_" + metric + "{"));
    }
  }

  @Test
  void hasExpressionsThatPrometheusParses() throws Exception {
    Tools.assumePresent("promtool");

    assertThat(check(expressions()).code()).isZero();
    assertThat(check(List.of("sum by (phase) (kubesolo_update_phase{phase=~\"failed\""))
            .code())
        .isNotZero();
  }

  private CommandLineRun.Result check(List<String> expressions) throws Exception {
    StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
    for (int i = 0; i < expressions.size(); i++) {
      String expression = expressions.get(i).replace("$instance", ".*");
      rules.append("  - record: panel:" + i + "\n    expr: |\n      " + expression + "\n");
    }
    Path file = Files.writeString(folder.resolve("rules.yml"), rules);
    return Program.run(folder, "", "promtool", "check", "rules", file.toString());
  }

  @Test
  void hasPanelsThatDoNotOverlap() {
    List<JsonNode> places = new ArrayList<>();
    TreeSet<Integer> ids = new TreeSet<>();
    for (JsonNode panel : dashboard.get("panels")) {
      assertThat(ids.add(panel.get("id").asInt())).isTrue();
      assertThat(panel.get("title").asText()).isNotBlank();
      assertThat(panel.get("description").asText()).isNotBlank();
      JsonNode place = panel.get("gridPos");
      assertThat(end(place, "x", "w")).isLessThanOrEqualTo(COLUMNS);
      assertThat(places).noneMatch(other -> overlap(place, other));
      places.add(place);
    }
  }

  private static boolean overlap(JsonNode one, JsonNode two) {
    return one.get("x").asInt() < end(two, "x", "w")
        && two.get("x").asInt() < end(one, "x", "w")
        && one.get("y").asInt() < end(two, "y", "h")
        && two.get("y").asInt() < end(one, "y", "h");
  }

  private static int end(JsonNode place, String start, String size) {
    return place.get(start).asInt() + place.get(size).asInt();
  }
}
