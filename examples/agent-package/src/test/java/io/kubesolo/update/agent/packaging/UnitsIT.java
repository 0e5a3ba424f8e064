package io.kubesolo.update.agent.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.testkit.CommandLineRun.Result;
import io.kubesolo.update.agent.testkit.TestDevice;
import io.kubesolo.update.core.Phase;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The units under systemd itself, with their sandbox, on a simulated device. */
@Tag("prove")
@Timeout(600)
final class UnitsIT {
  private static final String DEVICE = "/var/lib/kubesolo/update";
  private static final String HEALTH_CHECK = "update-agent-healthcheck.service";
  private static final String KEY = "/etc/update-agent/update.pub";

  /** Requests a page without a program for it. */
  private static final String GET = """
      exec 3<>/dev/tcp/127.0.0.1/9815
      printf 'GET %s HTTP/1.0\\r\\nHost: 127.0.0.1:9815\\r\\n\\r\\n' "$0" >&3
      cat <&3
      """;

  /** An update server in the booted system, which has no network but its own loopback. */
  private static final String SERVER = """
      use IO::Socket::INET;
      my $socket = IO::Socket::INET->new(LocalAddr => "127.0.0.1:8000", Listen => 5) or die $!;
      while (my $client = $socket->accept) {
        my ($name) = <$client> =~ m{^GET /([a-z0-9.]+) };
        while (<$client> =~ /[^\\r\\n]/) {}
        open(my $file, "<:raw", "/srv/$name");
        local $/;
        my $content = <$file>;
        my $length = length($content);
        print $client "HTTP/1.0 200 OK\\r\\nContent-Length: $length\\r\\n\\r\\n$content";
      }
      """;

  /** A network that does not come up. */
  private static final String NEVER_ONLINE = """
      [Unit]
      Before=network-online.target
      [Service]
      Type=oneshot
      ExecStart=sleep infinity
      """;

  /** A boot partition that cannot be mounted. */
  private static final String BROKEN_MOUNT = """
      [Unit]
      Before=local-fs.target
      [Mount]
      What=/nonexistent
      Where=/boot
      Type=ext4
      """;

  /** A shell of emergency mode without a console: it ends at once, and the boot is tried again. */
  private static final String NO_CONSOLE = """
      [Service]
      ExecStartPre=
      ExecStart=
      ExecStart=sh -c 'sleep 1; systemctl --no-block isolate default.target'
      StandardInput=null
      StandardOutput=journal
      StandardError=journal
      """;

  private static final String SLOT = "update_agent.slot=a";
  private static final String TRIAL = "update_agent.trial";

  @TempDir
  Path folder;

  @Test
  void aBootMarksTheRunningSlotGoodAndRoundsUpdateTheDevice() throws Exception {
    DebianPackage installed = DebianPackage.named(DebianPackage.WITH_RUNTIME);
    try (Chroot system = Chroot.with(installed)) {
      TestDevice device = installOn(system);
      leaveAfter(system, "1s");
      assertThat(grubenv(system)).contains("boot_success=0");
      try (BootedSystem booted = BootedSystem.boot(system.path("/"), folder, TRIAL)) {
        active(booted, "update-agent.timer");
        active(booted, "update-agent-healthcheck.service");
        active(booted, "update-agent-serve.service");
        assertThat(grubenv(system)).contains("boot_success=1");
        assertThat(booted.must("systemctl", "start", "boot-complete.target")).isEmpty();
        servesAsAUserOfItsOwn(booted);
        doesNothingWithoutAKey(system, device, booted);
        publish(system, device, "v2");
        updatesTheDevice(system, device, booted);
        theHealthCheckFailsIfAUnitIsRestartedAgainAndAgain(booted);
        anUpgradeEndsWhatRunsAndDoesNotUndoTheBoot(booted, installed);
        aHealthCheckThatIsEndedIsNoPassedBoot(device, booted);
        anUpgradeStartsTheHealthCheckOfTheBootAgain(device, booted, installed);
        publish(system, device, "v3");
        aFailedCheckFailsTheBootAndRollsBack(system, device, booted);
      }
    }
  }

  /** Systemd goes to emergency mode if it requires the mount, and starts all else if it only wants it. */
  @ParameterizedTest
  @ValueSource(strings = {"requires", "wants"})
  void aVersionOnTrialRebootsIfItCannotBeChecked(String dependency) throws Exception {
    try (Chroot system = withoutBoot(dependency)) {
      leaveAfter(system, "5s");
      try (BootedSystem booted = BootedSystem.powerOn(system.path("/"), folder, SLOT, TRIAL)) {
        booted.awaitReboot();
      }
    }
  }

  @Test
  void aVersionThatIsNotOnTrialKeepsRunningIfItCannotBeChecked() throws Exception {
    try (Chroot system = withoutBoot("wants")) {
      leaveAfter(system, "1s");
      try (BootedSystem booted = BootedSystem.boot(system.path("/"), folder, SLOT)) {
        inactive(booted, HEALTH_CHECK);
        inactive(booted, "update-agent-leave.service");
        assertThat(booted.must("journalctl", "--no-pager", "-u", HEALTH_CHECK))
            .contains("failed with result 'dependency'");
      }
    }
  }

  private static Chroot withoutBoot(String dependency) throws Exception {
    Chroot system = Chroot.with(DebianPackage.named(DebianPackage.WITH_RUNTIME));
    installSystemd(system);
    Path units = system.path("/etc/systemd/system");
    Files.writeString(units.resolve("boot.mount"), BROKEN_MOUNT);
    Path needing = Files.createDirectories(units.resolve("local-fs.target." + dependency));
    Files.createSymbolicLink(needing.resolve("boot.mount"), Path.of("../boot.mount"));
    Path emergency = Files.createDirectories(units.resolve("emergency.service.d"));
    Files.writeString(emergency.resolve("no-console.conf"), NO_CONSOLE);
    return system;
  }

  /** Sets how long a version on trial that cannot be checked keeps running. */
  private static void leaveAfter(Chroot system, String time) throws Exception {
    Path directory =
        Files.createDirectories(system.path("/etc/systemd/system/update-agent-leave.service.d"));
    Files.writeString(directory.resolve("wait.conf"), "[Service]\nEnvironment=WAIT=" + time + "\n");
  }

  private static void installSystemd(Chroot system) throws Exception {
    system.must(
        "apt-get", "-qy", "install", "--no-install-recommends", "systemd", "systemd-sysv", "dbus");
  }

  /** Returns a simulated device in place of the links that the package has made there. */
  private static TestDevice installOn(Chroot system) throws Exception {
    installSystemd(system);
    Path network = system.path("/etc/systemd/system/network-online.target.wants");
    Files.createDirectories(network);
    Files.writeString(network.resolveSibling("never-online.service"), NEVER_ONLINE);
    Files.createSymbolicLink(
        network.resolve("never-online.service"), Path.of("../never-online.service"));
    system.must("sh", "-c", "rm -r " + DEVICE + "/*");
    TestDevice device = new TestDevice(system.path(DEVICE), URI.create("http://127.0.0.1:8000/"));
    device.configure("fetch_timeout_s", 30);
    device.done("simulate-boot");
    return device;
  }

  private static void publish(Chroot system, TestDevice device, String version) throws Exception {
    byte[] image = TestDevice.image(version);
    byte[] manifest =
        DeviceFactory.manifest(version + ".img", DeviceFactory.content(version, image));
    Files.write(system.path("/srv/" + version + ".img"), image);
    Files.write(system.path("/srv/manifest.json"), manifest);
    Files.write(system.path("/srv/manifest.json.sig"), device.maker.sign(manifest));
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

  private static void doesNothingWithoutAKey(Chroot system, TestDevice device, BootedSystem booted)
      throws Exception {
    Files.move(device.dir.resolve("update.pub"), system.path("/srv/update.pub"));
    booted.must("systemctl", "start", "update-agent.service");
    assertThat(booted.must("systemctl", "show", "-p", "Result", "update-agent.service"))
        .isEqualTo("Result=exec-condition");
  }

  /**
   * Updates the device. The first round ends with exit code 14 because a reboot is needed; the unit
   * has not failed. The key is found although its link was missing, as on a data partition that was
   * mounted late.
   */
  private static void updatesTheDevice(Chroot system, TestDevice device, BootedSystem booted)
      throws Exception {
    Files.move(system.path("/srv/update.pub"), system.path(KEY));
    Files.writeString(system.path("/srv/server.pl"), SERVER);
    booted.must("systemd-run", "--quiet", "perl", "/srv/server.pl");

    assertThat(round(booted)).isEqualTo("Result=success\nExecMainStatus=14");

    assertThat(device.phase()).isEqualTo(Phase.ACTIVATED);
    assertThat(device.env().active()).isEqualTo(Slot.B);
    assertThat(Files.readAllBytes(device.slots().image(Slot.B))).startsWith(TestDevice.image("v2"));
    device.done("simulate-boot");

    assertThat(round(booted)).isEqualTo("Result=success\nExecMainStatus=0");

    assertThat(device.phase()).isEqualTo(Phase.SUCCESS);
    assertThat(device.env().good()).isTrue();
  }

  private static String round(BootedSystem booted) throws Exception {
    Result started = booted.run("systemctl", "start", "update-agent.service");
    String log = booted.must("journalctl", "--no-pager", "-u", "update-agent.service");
    assertThat(started.code()).as(log).isZero();
    return booted.must(
        "systemctl", "show", "-p", "Result", "-p", "ExecMainStatus", "update-agent.service");
  }

  private static void anUpgradeEndsWhatRunsAndDoesNotUndoTheBoot(
      BootedSystem booted, DebianPackage installed) throws Exception {
    booted.must("/var/lib/dpkg/info/" + installed.name() + ".prerm", "upgrade", "2");

    inactive(booted, "update-agent.timer");
    inactive(booted, "update-agent-serve.service");
    active(booted, "boot-complete.target");
  }

  private static void theHealthCheckFailsIfAUnitIsRestartedAgainAndAgain(BootedSystem booted)
      throws Exception {
    booted.must(
        "systemd-run",
        "--quiet",
        "--unit=crash",
        "--property=Restart=always",
        "--property=RestartSec=1h",
        "false");
    await(booted, "auto-restart", "systemctl", "show", "--value", "-p", "SubState", "crash");

    assertThat(booted.run("/etc/update-agent/health-check"))
        .satisfies(checked -> assertThat(checked.out()).contains("crash.service"))
        .returns(1, Result::code);
    booted.must("systemctl", "stop", "crash");
    booted.must("/etc/update-agent/health-check");
  }

  /** Ends a health check by SIGTERM. The boot has not passed, and a round follows at once. */
  private static void aHealthCheckThatIsEndedIsNoPassedBoot(TestDevice device, BootedSystem booted)
      throws Exception {
    bootWithASlowHealthCheck(device, booted);

    booted.must("systemctl", "kill", "--kill-who=main", HEALTH_CHECK);

    await(booted, "failed", "systemctl", "is-active", HEALTH_CHECK);
    await(booted, "activating", "systemctl", "is-active", "update-agent.service");
    inactive(booted, "boot-complete.target");
    booted.must("systemctl", "stop", "update-agent.service");
    inactive(booted, "update-agent.service");
  }

  private static void anUpgradeStartsTheHealthCheckOfTheBootAgain(
      TestDevice device, BootedSystem booted, DebianPackage installed) throws Exception {
    bootWithASlowHealthCheck(device, booted);
    String script = "/var/lib/dpkg/info/" + installed.name();

    booted.must(script + ".prerm", "upgrade", "2");

    inactive(booted, HEALTH_CHECK);
    inactive(booted, "update-agent.service");
    inactive(booted, "boot-complete.target");
    device.healthy(true);
    booted.must(
        "env",
        "DPKG_MAINTSCRIPT_PACKAGE=" + installed.name(),
        script + ".postinst",
        "configure",
        "1");
    await(booted, "active", "systemctl", "is-active", "boot-complete.target");
    active(booted, HEALTH_CHECK);
    active(booted, "update-agent.timer");
  }

  /** Starts what a boot starts, and waits until the health check runs, which takes long. */
  private static void bootWithASlowHealthCheck(TestDevice device, BootedSystem booted)
      throws Exception {
    Path checking = device.dir.resolve("checking");
    Files.deleteIfExists(checking);
    device.configure("health_timeout_s", 300);
    device.configure("health_check", List.of("sh", "-c", "touch checking; exec sleep 200"));
    booted.must("systemctl", "stop", "boot-complete.target", HEALTH_CHECK);
    booted.must("systemctl", "start", "--no-block", "boot-complete.target");
    await(booted, "checking", "ls", DEVICE);
  }

  /** Runs a command until one of the lines that it prints is the expected one. */
  private static void await(BootedSystem booted, String expected, String... command)
      throws Exception {
    Result result = booted.run(command);
    for (int tries = 0; tries < 60 && !result.lines().contains(expected); tries++) {
      TimeUnit.MILLISECONDS.sleep(500);
      result = booted.run(command);
    }
    assertThat(result.lines())
        .as(
            "%s: %s",
            List.of(command), booted.run("journalctl", "--no-pager", "-n", "50").out())
        .contains(expected);
  }

  private static void inactive(BootedSystem booted, String unit) throws Exception {
    assertThat(booted.run("systemctl", "is-active", unit).out()).as(unit).isEqualTo("inactive\n");
  }

  /** Checks that an unhealthy version is rolled back even if its slot has no key. */
  private static void aFailedCheckFailsTheBootAndRollsBack(
      Chroot system, TestDevice device, BootedSystem booted) throws Exception {
    assertThat(round(booted)).isEqualTo("Result=success\nExecMainStatus=14");
    assertThat(device.env().active()).isEqualTo(Slot.A);
    device.done("simulate-boot");
    Files.delete(system.path(KEY));
    device.configure("health_tries", 1);
    device.configure(
        "health_check", List.of("sh", "-c", "echo the sandbox lets checks run; false"));

    Result restarted = booted.run("systemctl", "restart", "update-agent-healthcheck.service");

    assertThat(restarted.code()).as("%s", restarted).isNotZero();
    inactive(booted, "boot-complete.target");
    // Waits for the round that follows, and does another one.
    assertThat(round(booted)).isEqualTo("Result=success\nExecMainStatus=14");
    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.env().active()).isEqualTo(Slot.B);
  }
}
