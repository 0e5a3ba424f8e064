package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubesolo.update.agent.testkit.DeviceWithServer;
import io.kubesolo.update.agent.testkit.Json;
import io.kubesolo.update.agent.testkit.JsonSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a device, the events show what the update waits for: the same as its status. */
@Timeout(60)
final class EventsOnDeviceTest extends DeviceWithServer {
  private static final String ACTIVATE = "activate     ";

  @BeforeEach
  void holdTheUpdate() throws IOException {
    device.configure("activation", Map.of("windows", List.of(), "hold_file", "hold"));
    Files.createFile(device.dir.resolve("hold"));
  }

  @Test
  void showWhatTheActivationWaitsFor() throws IOException {
    device.done("apply");

    assertThat(activate())
        .isEqualTo(ACTIVATE
            + "permitted, to activated; run does not activate now: there is no maintenance window; "
            + device.dir.resolve("hold")
            + " exists; remove it to go on");
    assertThat(waits()).isEqualTo(waitsOfTheStatus()).hasSize(2);
    assertThat(waits().get(1).get("reason").textValue()).isEqualTo("hold");
  }

  @Test
  void showWhatTheRebootWaitsFor() throws IOException {
    device.done("apply");
    device.done("activate");

    assertThat(activate())
        .startsWith(
            ACTIVATE
                + "not in activated, only in staged; run does not reboot now: there is no maintenance window; ");
    assertThat(waits()).isEqualTo(waitsOfTheStatus()).hasSize(2);
  }

  @Test
  void showNothingIfNoUpdateWaits() throws IOException {
    assertThat(activate()).isEqualTo(ACTIVATE + "not in idle, only in staged");
    assertThat(waits()).isEmpty();

    device.done("apply");
    Files.delete(device.dir.resolve("hold"));
    device.configure("activation", Map.of());
    assertThat(activate()).isEqualTo(ACTIVATE + "permitted, to activated");
  }

  @Test
  void showItAlsoIfItIsNotKnownWhatRuns() throws IOException {
    device.done("apply");
    Files.delete(device.dir.resolve("running.json"));

    assertThat(activate()).contains("; run does not activate now: there is no maintenance window");
    assertThat(waits()).isEqualTo(waitsOfTheStatus()).hasSize(2);
  }

  @Test
  void showNothingIfTheConfigurationCannotBeRead() throws IOException {
    device.done("apply");
    Files.writeString(device.dir.resolve("device.json"), "{");

    assertThat(activate()).isEqualTo(ACTIVATE + "permitted, to activated");
    assertThat(json("events", "--json").findValues("waits")).isEmpty();
    assertThat(json("status", "--output", "json").has("waits")).isFalse();
  }

  private String activate() {
    List<String> rows = device.done("events").lines();
    assertThat(rows.stream().filter(row -> row.contains("; run does not")))
        .allMatch(row -> row.startsWith(ACTIVATE));
    return rows.stream().filter(row -> row.startsWith(ACTIVATE)).findAny().orElseThrow();
  }

  /** Returns what the only event with such a key waits for. */
  private JsonNode waits() throws IOException {
    JsonNode events = json("events", "--json");
    assertThat(JsonSchema.of("events").problems(events.toString())).isEmpty();
    assertThat(events.findValues("waits")).hasSize(1);
    for (JsonNode event : events) {
      if (event.get("event").textValue().equals("activate")) {
        return event.get("waits");
      }
    }
    throw new AssertionError(events);
  }

  private JsonNode waitsOfTheStatus() throws IOException {
    return json("status", "--output", "json").get("waits");
  }

  private JsonNode json(String... arguments) throws IOException {
    return Json.read(device.done(arguments).out());
  }
}
