package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.testkit.CommandLineRun.Result;
import io.kubesolo.update.agent.testkit.DeviceWithServer;
import io.kubesolo.update.agent.testkit.FleetServer;
import io.kubesolo.update.agent.testkit.Json;
import io.kubesolo.update.agent.testkit.JsonSchema;
import io.kubesolo.update.agent.testkit.RawServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The first lines of a status on a device: what runs, what boots next, the phase, and what to do.
 */
@Timeout(60)
final class StatusOnDeviceTest extends DeviceWithServer {
  private List<String> status() {
    return device.done("status").lines();
  }

  @Test
  void followsAnUpdate() {
    assertThat(status())
        .startsWith("runs         v1 in slot a, marked good", "next boot    slot a with v1")
        .contains("phase        idle", "to do        nothing");

    device.done("apply");
    assertThat(status())
        .contains("next boot    slot a with v1", "to do        run activate, and reboot");

    device.done("activate");
    assertThat(status())
        .startsWith("runs         v1 in slot a", "next boot    slot b with v2")
        .contains("to do        reboot");

    device.done("boot");
    assertThat(status())
        .startsWith("runs         v2 in slot b, not marked good yet", "next boot    slot b with v2")
        .contains("to do        run healthcheck, which confirms or rolls back");

    device.done("healthcheck");
    assertThat(status())
        .startsWith("runs         v2 in slot b, marked good", "next boot    slot b with v2")
        .contains("to do        nothing")
        .anyMatch(line -> line.startsWith("phase        success for "));
  }

  @Test
  void saysWhatKeepsTheDeviceFromBeingUpdatedOrChecked() throws IOException {
    device.configure("server", "ftp://server/");
    Files.delete(device.dir.resolve("update.pub"));

    assertThat(status())
        .anyMatch(line -> line.matches("wrong +.*device.json: \"server\" .*"))
        .anyMatch(line -> line.matches("wrong +.*update.pub: no such file or directory"))
        .contains("to do        correct what is wrong");
  }

  @Test
  void saysWhyItIsNotKnownWhatRuns() throws IOException {
    Files.delete(device.dir.resolve("running.json"));

    assertThat(status().get(0)).startsWith("runs         unknown: ").contains("simulate-boot");
  }

  @Test
  void saysThatTheBootEnvironmentCannotBeRead() throws IOException {
    Files.delete(device.dir.resolve("grubenv"));

    assertThat(status().get(1)).startsWith("next boot    unknown: ");
    assertThat(status())
        .contains("to do        run healthcheck, which writes a new boot environment");
  }

  @Test
  void advisesNoHealthCheckIfItWouldNotReplaceTheBootEnvironment() throws IOException {
    Path grubenv = device.dir.resolve("grubenv");
    Files.delete(grubenv);
    Files.createDirectory(grubenv);

    assertThat(status())
        .contains(
            "next boot    unknown: " + grubenv + ": is not a regular file",
            "to do        make the boot environment readable, see next boot");
    assertThat(device.run("healthcheck").code()).isEqualTo(1);
  }

  @Test
  void advisesNoStepThatIsRefusedWhileItIsNotKnownWhatRuns() throws IOException {
    device.configure("activation", Map.of("windows", List.of()));
    device.done("apply");
    Path note = device.slots().note(Slot.A);
    Files.delete(note);
    Files.createDirectory(note);

    assertThat(status())
        .contains("to do        correct the problem shown at runs; no update continues until then")
        .anyMatch(line -> line.matches("waits +.*window.*"));
    assertThat(json("status", "--report").at("/waits/0/reason").textValue()).isEqualTo("window");
    assertThat(device.done("events").out()).contains("run does not activate now");
    assertThat(device.run("activate").code()).isEqualTo(1);
  }

  @Test
  void saysWhatToDoIfTheBootLoaderWasNotSwitched() {
    device.done("apply");
    device.done("send", "activate");
    assertThat(status())
        .contains(
            "to do        run healthcheck, which selects the target in the boot environment, or"
                + " rolls back if the target did not boot");

    device.done("healthcheck");

    assertThat(status()).contains("to do        reboot");
  }

  @Test
  void saysFirstThatTheRunningSlotIsToBeMarkedGood() {
    device.done("apply");
    device.done("boot");

    assertThat(status())
        .contains("to do        run healthcheck, which marks the slot good; then run activate, and"
            + " reboot");

    device.done("healthcheck");

    assertThat(status()).contains("to do        run activate, and reboot");
  }

  /** Compares the status with the report for other programs: device and waits are the same. */
  @Test
  void showsWhatTheUpdateWaitsFor() throws IOException {
    device.configure("activation", Map.of("windows", List.of(), "hold_file", "hold"));
    Files.createFile(device.dir.resolve("hold"));
    assertThat(json("status", "--output", "json").get("waits")).isEmpty();

    device.done("apply");

    assertThat(status())
        .anyMatch(line -> line.matches("waits +.*window.*"))
        .anyMatch(line -> line.matches("waits +.*hold.*"));
    JsonNode status = json("status", "--output", "json");
    JsonNode report = json("status", "--report");
    assertThat(report.at("/waits/0/reason").textValue()).isEqualTo("window");
    assertThat(report.at("/waits/1/reason").textValue()).isEqualTo("hold");
    assertThat(report.at("/device/running_version").textValue()).isEqualTo("v1");
    assertThat(status.get("waits")).isEqualTo(report.get("waits"));
    assertThat(status.get("device")).isEqualTo(report.get("device"));
    assertThat(JsonSchema.of("status").problems(status.toString())).isEmpty();
    assertThat(JsonSchema.of("report").problems(report.toString())).isEmpty();
  }

  /** By the command, for other programs and as metrics. */
  @Test
  void showsThatTheDeviceHoldsAFleetLock() throws Exception {
    try (FleetServer fleet = new FleetServer(1)) {
      Map<String, String> lock = Map.of("url", fleet.url(), "group", "edge", "id", "device-1");
      device.configure("activation", Map.of("fleet_lock", lock));
      assertThat(status()).noneMatch(line -> line.startsWith("fleet lock"));
      assertThat(json("status", "--output", "json").at("/device/fleet_locks")).isEmpty();
      assertThat(device.done("metrics").lines()).contains("kubesolo_update_fleet_lock_held 0.0");

      fleet.hold("another");
      device.done("run");
      assertThat(status()).noneMatch(line -> line.startsWith("fleet lock"));
      fleet.forget();
      device.done("run");

      assertThat(status())
          .anyMatch(line -> line.startsWith("fleet lock   held since 2")
              && line.endsWith(": group edge at " + fleet.url() + "/"));
      JsonNode status = json("status", "--output", "json");
      JsonNode report = json("status", "--report");
      JsonNode held = report.at("/device/fleet_locks/0");
      assertThat(held.get("url").textValue()).isEqualTo(fleet.url() + "/");
      assertThat(held.get("group").textValue()).isEqualTo("edge");
      assertThat(held.get("id").textValue()).isEqualTo("device-1");
      Instant since = Instant.parse(held.get("since").textValue());
      assertThat(since).isBetween(Instant.now().minusSeconds(60), Instant.now());
      assertThat(status.get("device")).isEqualTo(report.get("device"));
      assertThat(JsonSchema.of("status").problems(status.toString())).isEmpty();
      assertThat(JsonSchema.of("report").problems(report.toString())).isEmpty();
      String sample =
          "kubesolo_update_fleet_lock_since_timestamp_seconds{group=\"edge\",url=\"%s/\"} "
              .formatted(fleet.url());
      assertThat(device.done("metrics").lines())
          .contains("kubesolo_update_fleet_lock_held 1.0")
          .anyMatch(line -> line.startsWith(sample)
              && Double.parseDouble(line.substring(sample.length())) == since.getEpochSecond());

      device.done("boot");
      device.done("run");
      assertThat(status()).noneMatch(line -> line.startsWith("fleet lock"));
    }
  }

  /** Checks that the count of an earlier target is no advice if it is the server that failed. */
  @Test
  void doesNotTakeAFailedCheckForAttemptsThatAreUsedUp() {
    String usedUp =
        "to do        the attempts are used up: offer another version, or run apply --force";
    server.on("v2.img", RawServer.status("404 Not Found"));
    for (int attempt = 0; attempt < 3; attempt++) {
      device.run("apply");
    }
    assertThat(status()).contains("attempt      3 of 3", usedUp);
    device.done("ack");
    device.run("apply");
    assertThat(status()).contains("error        v2: 3 of 3 attempts used up", usedUp);

    device.done("ack");
    server.on("manifest.json", RawServer.status("401 Unauthorized"));
    device.run("apply");

    assertThat(status())
        .contains("to do        run apply, which tries again, or ack")
        .anyMatch(line -> line.startsWith("error ") && line.contains("401 Unauthorized"));
  }

  @Test
  void showsTheDeviceIfTheStateCannotBeRead() throws IOException {
    Files.writeString(device.dir.resolve("state.json"), "x");

    Result status = device.run("status");
    Result report = device.run("status", "--report");
    Result json = device.run("--output", "json", "status");

    assertThat(List.of(status.code(), report.code(), json.code())).containsOnly(11);
    assertThat(status.lines())
        .containsExactly("runs         v1 in slot a, marked good", "next boot    slot a with v1");
    assertThat(status.err()).contains("state.json: not JSON").hasLineCount(1);
    JsonNode reported = Json.read(report.out());
    assertThat(reported.get("error").textValue()).contains("state.json: not JSON");
    assertThat(reported.at("/device/running_version").textValue()).isEqualTo("v1");
    assertThat(Json.read(json.out()).at("/lines/0").textValue()).startsWith("runs  ");
  }

  /** Checks that no manual step is advised, because it would bypass the policy. */
  @Test
  void advisesNoStepThatThePolicyForbids() throws IOException {
    String waiting =
        "to do        wait: run continues when the policy (activation in device.json) allows it";
    device.configure("activation", Map.of("hold_file", "hold"));
    Path hold = Files.createFile(device.dir.resolve("hold"));

    device.done("apply");
    assertThat(status()).contains(waiting);
    device.done("boot");
    assertThat(status())
        .contains("to do        run healthcheck, which marks the slot good; then wait: run"
            + " continues when the policy (activation in device.json) allows it");
    device.done("healthcheck");
    device.done("activate");
    assertThat(status()).contains(waiting);
    assertThat(json("status", "--output", "json").get("to_do").textValue())
        .isEqualTo("wait: run continues when the policy (activation in device.json) allows it");

    Files.delete(hold);
    assertThat(status()).contains("to do        reboot");
  }

  @Test
  void advisesToCorrectAPolicyThatIsWrong() throws IOException {
    device.done("apply");
    device.configure("activation", Map.of("hold_file", 1));

    assertThat(status())
        .contains("to do        correct device.json; run continues when the policy allows it");
  }

  /** Checks the reboot back to the old version, which no policy forbids. */
  @Test
  void advisesAReboot() throws IOException {
    device.configure("activation", Map.of("hold_file", "hold"));
    Files.createFile(device.dir.resolve("hold"));
    for (String command : List.of("apply", "activate", "boot", "rollback")) {
      device.done(command);
    }

    assertThat(status()).contains("to do        reboot");
  }

  @Test
  void reportsTheStateOfADeviceThatIsNotKnown() throws IOException {
    Files.delete(device.dir.resolve("running.json"));

    JsonNode report = json("status", "--report");

    assertThat(report.get("device_error").textValue()).contains("running.json");
    assertThat(report.has("device")).isFalse();
    assertThat(JsonSchema.of("report").problems(report.toString())).isEmpty();
  }

  private JsonNode json(String... arguments) throws IOException {
    return Json.read(device.done(arguments).out());
  }
}
