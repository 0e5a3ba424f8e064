package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.Json;
import io.kubesolo.update.agent.testkit.JsonSchema;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.fsm.TableEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine as data: valid by its schema, and equal to the machine that decides. */
class DiagramJsonTest {
  private static final Path MODULE = Path.of("../../state-fsm");

  @TempDir
  Path folder;

  private CommandLineRun agent;
  private JsonSchema schema;

  @BeforeEach
  void read() throws IOException {
    agent = new CommandLineRun(folder.resolve("state.json"));
    schema = JsonSchema.at(MODULE.resolve("lifecycle.schema.json"));
  }

  private JsonNode machine(String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("diagram", "--format", "json"));
    command.addAll(List.of(options));
    CommandLineRun.Result result = agent.run(command.toArray(String[]::new));
    assertThat(result.code()).isZero();
    return Json.read(result.out());
  }

  private static List<String> texts(JsonNode array, String... keys) {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : array) {
      texts.add(
          String.join(" ", Stream.of(keys).map(key -> element.get(key).asText()).toList()));
    }
    return texts;
  }

  @Test
  void isWhatIsCommitted() throws IOException {
    assertThat(Files.readString(MODULE.resolve("lifecycle.json")))
        .isEqualTo(agent.run("diagram", "--format", "json").out());
  }

  @Test
  void isValidByItsSchema() throws IOException {
    agent.run("send", "check");

    assertThat(schema.problems(machine().toString())).isEmpty();
    assertThat(schema.problems(machine("--current").toString())).isEmpty();
  }

  @Test
  void isTheMachine() throws IOException {
    JsonNode machine = machine();

    assertThat(texts(machine.get("phases"), "name", "resting"))
        .isEqualTo(Stream.of(Phase.values())
            .map(phase -> phase.wireName() + " " + phase.isResting())
            .toList());
    assertThat(texts(machine.get("events"), "name"))
        .isEqualTo(Stream.of(EventType.values()).map(EventType::wireName).toList());
    List<Edge> edges = new TableEngine().table().edges();
    assertThat(texts(machine.get("edges"), "from", "event", "to"))
        .isEqualTo(edges.stream()
            .map(edge -> edge.from() + " " + edge.event() + " " + edge.to())
            .toList());
    for (int i = 0; i < edges.size(); i++) {
      JsonNode edge = machine.get("edges").get(i);
      assertThat(edge.get("guards")).hasToString(quoted(edges.get(i).guards()));
      assertThat(edge.get("actions")).hasToString(quoted(edges.get(i).actions()));
    }
  }

  private static String quoted(List<?> rules) {
    return rules.stream().map(rule -> "\"" + rule + "\"").toList().toString().replace(", ", ",");
  }

  /** Sends each event with the fields that the data lists for it, and no others. */
  @Test
  void namesTheFieldsThatAnEventCarries() throws IOException {
    for (JsonNode event : machine().get("events")) {
      List<String> command = new ArrayList<>(List.of("send", event.get("name").asText()));
      for (JsonNode field : event.get("fields")) {
        command.add("--" + field.get("name").asText().replace('_', '-'));
        if (field.get("type").asText().equals("string")) {
          command.add(field.get("name").asText());
        }
      }
      assertThat(agent.run(command.toArray(String[]::new)).code())
          .as("%s", command)
          .isNotEqualTo(ExitCode.USAGE);
    }
  }

  @Test
  void marksTheDevice() throws IOException {
    agent.run("send", "download", "--to-version", "v2", "--running-version", "v1");
    JsonNode machine = machine("--current");

    assertThat(texts(machine.get("phases"), "name", "present")).contains("downloading true");
    assertThat(texts(machine.get("edges"), "from", "event", "taken", "last"))
        .contains("idle download true true")
        .filteredOn(edge -> edge.contains("true"))
        .hasSize(1);
  }

  @Test
  void isRefusedByItsSchemaIfItIsChanged() throws IOException {
    JsonNode machine = machine();
    assertThat(faults(machine, "/edges/0", "to", "Nowhere")).isNotEmpty();
    assertThat(faults(machine, "/phases/0", "colour", "red")).isNotEmpty();
    assertThat(faults(machine, "/phases/0", "resting", "true")).isNotEmpty();
    assertThat(faults(machine, "/events/2/fields/0", "type", "number")).isNotEmpty();
    ObjectNode lacking = machine.deepCopy();
    lacking.remove("guards");
    assertThat(schema.problems(lacking.toString())).isNotEmpty();
  }

  private List<String> faults(JsonNode machine, String where, String key, String value)
      throws IOException {
    ObjectNode changed = machine.deepCopy();
    ((ObjectNode) changed.at(where)).put(key, value);
    return schema.problems(changed.toString());
  }
}
