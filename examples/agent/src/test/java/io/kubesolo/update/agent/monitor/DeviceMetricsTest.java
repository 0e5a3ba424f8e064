package io.kubesolo.update.agent.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.RawServer;
import io.kubesolo.update.agent.testkit.TestDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of a device directory. */
@Timeout(60)
class DeviceMetricsTest {
  private static final String RUNS_V1 = "kubesolo_update_running_info{slot=\"a\",version=\"v1\"} 1";
  private static final String REBOOT = "kubesolo_update_reboot_required 1.0";
  private static final String NO_REBOOT = "kubesolo_update_reboot_required 0.0";

  @TempDir
  Path folder;

  private RawServer server;
  private TestDevice device;

  @BeforeEach
  void makeADevice() throws Exception {
    server = new RawServer();
    device = new TestDevice(folder.resolve("device"), server.address());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private List<String> metrics() {
    return device.done("metrics").lines();
  }

  @Test
  void followAnUpdate() throws Exception {
    assertThat(metrics()).contains(RUNS_V1, NO_REBOOT);

    device.offer(server, "v2");
    device.done("apply");
    assertThat(metrics()).contains(RUNS_V1, NO_REBOOT);
    device.done("activate");
    assertThat(metrics()).contains(RUNS_V1, REBOOT);
    device.done("boot");
    assertThat(metrics())
        .contains("kubesolo_update_running_info{slot=\"b\",version=\"v2\"} 1", NO_REBOOT);
  }

  @Test
  void nameWhatAnUpdateWaitsFor() throws Exception {
    device.configure("activation", Map.of("windows", List.of(), "hold_file", "hold"));
    Files.writeString(device.dir.resolve("hold"), "");
    assertThat(metrics())
        .contains(
            "kubesolo_update_waiting{reason=\"window\"} 0.0",
            "kubesolo_update_waiting{reason=\"hold\"} 0.0");

    device.offer(server, "v2");
    device.done("apply");

    assertThat(metrics())
        .contains(
            "kubesolo_update_waiting{reason=\"window\"} 1.0",
            "kubesolo_update_waiting{reason=\"clock\"} 0.0",
            "kubesolo_update_waiting{reason=\"hold\"} 1.0",
            "kubesolo_update_waiting{reason=\"fleet_lock\"} 0.0");
  }

  @Test
  void callForARebootIntoThePriorSlotIfTheRunningOneIsUnhealthy() throws Exception {
    device.offer(server, "v2");
    device.done("apply");
    device.done("activate");
    device.done("boot");
    device.healthy(false);
    device.run("healthcheck");

    assertThat(metrics()).contains(REBOOT);
  }

  @Test
  void keepWhatRunsIfTheStateIsUnreadable() throws Exception {
    Files.writeString(device.dir.resolve("state.json"), "");

    assertThat(metrics())
        .contains(RUNS_V1, "kubesolo_update_state_readable 0.0")
        .noneMatch(line -> line.startsWith("kubesolo_update_reboot_required"));
  }

  @Test
  void leaveOutWhatIsUnknownOfADevice() throws Exception {
    Files.writeString(device.dir.resolve("grubenv"), "");
    assertThat(metrics())
        .contains(RUNS_V1)
        .noneMatch(line -> line.startsWith("kubesolo_update_reboot_required"));

    Files.writeString(device.dir.resolve("device.json"), "{");
    CommandLineRun.Result broken = device.run("metrics");
    assertThat(broken.code()).isZero();
    assertThat(broken.err()).contains("device.json").hasLineCount(1);
    assertThat(broken.lines())
        .contains("kubesolo_update_state_readable 1.0")
        .noneMatch(line -> line.matches("kubesolo_update_(reboot_required|running_info).*"));
  }

  @Test
  void nameTheSlotOfAVersionThatIsUnknown() throws Exception {
    Files.delete(device.dir.resolve("slots/a.json"));

    assertThat(metrics())
        .anyMatch(line -> line.startsWith("kubesolo_update_running_info{slot=\"a\",version=\""));
  }
}
