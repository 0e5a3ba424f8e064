package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.DeviceWithServer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a status says first on a device: what runs, what boots next, the phase, and what to do. */
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
        .startsWith(
            "runs         v2 in slot b, on trial: not marked good", "next boot    slot b with v2");

    device.done("healthcheck");
    assertThat(status())
        .startsWith("runs         v2 in slot b, marked good", "next boot    slot b with v2")
        .contains("to do        nothing")
        .anyMatch(line -> line.startsWith("phase        success for "));
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
  }
}
