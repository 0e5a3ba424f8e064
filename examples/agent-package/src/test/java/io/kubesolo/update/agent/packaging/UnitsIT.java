package io.kubesolo.update.agent.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The units under systemd itself, with all that they forbid themselves, on a simulated device. */
@Tag("prove")
@Timeout(600)
final class UnitsIT {
  private static final String DEVICE = "/var/lib/kubesolo/update";

  /** Requests a page without a program for it. */
  private static final String GET = """
      exec 3<>/dev/tcp/127.0.0.1/9815
      printf 'GET %s HTTP/1.0\\r\\nHost: 127.0.0.1:9815\\r\\n\\r\\n' "$0" >&3
      cat <&3
      """;

  @TempDir
  Path folder;

  @Test
  void aBootMarksTheRunningSlotGoodAndServesMetrics() throws Exception {
    try (Chroot system = Chroot.fresh()) {
      installOn(system);
      assertThat(grubenv(system)).contains("boot_success=0");
      try (BootedSystem booted = BootedSystem.boot(system.path("/"), folder)) {
        active(booted, "update-agent.timer");
        active(booted, "update-agent-healthcheck.service");
        active(booted, "update-agent-serve.service");
        assertThat(grubenv(system)).contains("boot_success=1");
        assertThat(booted.must("systemctl", "start", "boot-complete.target")).isEmpty();
        servesAsAUserOfItsOwn(booted);
        doesNothingWithoutAKey(booted);
        aFailedCheckFailsTheBoot(system, booted);
      }
    }
  }

  private static void installOn(Chroot system) throws Exception {
    system.must(
        "apt-get", "-qy", "install", "--no-install-recommends", "systemd", "systemd-sysv", "dbus");
    system.install(DebianPackage.named(DebianPackage.WITH_RUNTIME));
    system.must("update-agent", "demo", "--dir", "/demo");
    system.must("sh", "-c", "rm " + DEVICE + "/*.json " + DEVICE + "/update.pub");
    system.must("sh", "-c", "cp -a /demo/device/. " + DEVICE);
    system.must("update-agent", "--device", DEVICE, "simulate-boot");
  }

  private static String grubenv(Chroot system) throws Exception {
    return Files.readString(system.path(DEVICE + "/grubenv"));
  }

  private static void active(BootedSystem booted, String unit) throws Exception {
    Result result = booted.run("systemctl", "is-active", unit);
    assertThat(result.out())
        .as(booted.run("journalctl", "--no-pager", "-u", unit).out())
        .isEqualTo("active\n");
  }

  private static void servesAsAUserOfItsOwn(BootedSystem booted) throws Exception {
    assertThat(booted.must("bash", "-c", GET, "/metrics"))
        .contains("\nkubesolo_update_state_readable 1")
        .contains("kubesolo_update_running_info{");
    assertThat(booted.must("bash", "-c", GET, "/healthz")).contains("200 ");
    String process =
        booted.must("systemctl", "show", "--value", "-p", "MainPID", "update-agent-serve.service");
    assertThat(booted.must("stat", "-c", "%u", "/proc/" + process)).isNotEqualTo("0");
  }

  private static void doesNothingWithoutAKey(BootedSystem booted) throws Exception {
    booted.must("systemctl", "start", "update-agent.service");
    assertThat(booted.must(
            "systemctl", "show", "-p", "ConditionResult", "-p", "Result", "update-agent.service"))
        .isEqualTo("Result=success\nConditionResult=no");
  }

  private static void aFailedCheckFailsTheBoot(Chroot system, BootedSystem booted)
      throws Exception {
    Path configuration = system.path(DEVICE + "/device.json");
    Files.writeString(
        configuration,
        Files.readString(configuration)
            .replace("{\"server\"", "{\"health_tries\":1,\"server\"")
            .replace("[ $UPDATE_VERSION != v1.3 ]", "echo the sandbox lets checks run; false"));

    Result restarted = booted.run("systemctl", "restart", "update-agent-healthcheck.service");

    assertThat(restarted.code()).as("%s", restarted).isNotZero();
    assertThat(booted.run("systemctl", "is-active", "boot-complete.target").out())
        .isEqualTo("inactive\n");
  }
}
