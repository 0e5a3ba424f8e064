package io.kubesolo.update.agent.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun.Result;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packages, installed by apt and dpkg on a minimal Debian system. */
@Tag("prove")
@Timeout(600)
final class InstallationIT {
  private static final String ARCHIVE = "/usr/lib/update-agent/update-agent.jsa";
  private static final String CONFIGURATION = "/etc/update-agent/device.json";
  private static final String HEALTH_CHECK = "/etc/update-agent/health-check";
  private static final String DIRECTORY = "/var/lib/kubesolo/update";
  private static final String STATE = DIRECTORY + "/state.json";
  private static final String FLEET_LOCK = DIRECTORY + "/fleet-lock.json";
  private static final String HELD =
      "{\"locks\":[{\"url\":\"http://lock.example/\",\"group\":\"default\",\"id\":\"d1\"}]}";

  /** The files that the agent writes into the device directory over time, besides its state. */
  private static final String[] FILES_OF_THE_AGENT = {
    "state.json.outcome",
    "state.json.corrupt-20260101T000000Z",
    ".state.json.0123456789abcdef.tmp",
    "work.lock",
    "switched.json",
    "reboot.json",
    "fleet-lock.json",
    "fleet-lock-boot.json",
    "manifest.verified",
    "slots/a.json",
    "slots/b.json",
    "download"
  };

  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(strings = {DebianPackage.BARE, DebianPackage.WITH_RUNTIME})
  void isInstalledUpgradedRemovedAndPurged(String name) throws Exception {
    DebianPackage first = DebianPackage.named(name);
    try (Chroot system = Chroot.with(first)) {
      assertThat(Chroot.saidInstalling(first)).doesNotContain("warning");
      worksAsInstalled(system);
      unitsAreEnabled(system, true);
      Path lock = Files.writeString(system.path(FLEET_LOCK), HELD);
      assertThat(keepsWhatTheOperatorChanged(system, first)).doesNotContain("fleet lock");
      Files.delete(lock);
      worksAsInstalled(system);

      Files.writeString(lock, HELD);
      assertThat(system.run("apt-get", "-qy", "remove", name))
          .satisfies(removed ->
              assertThat(removed.out() + removed.err()).contains("may hold a fleet lock", HELD))
          .returns(0, Result::code);
      assertThat(system.path("/usr/lib/update-agent")).doesNotExist();
      assertThat(system.path("/usr/bin/update-agent")).doesNotExist();
      assertThat(system.path(CONFIGURATION)).exists();
      assertThat(system.path(STATE)).exists();

      for (String file : FILES_OF_THE_AGENT) {
        Files.writeString(system.path(DIRECTORY + "/" + file), "");
      }
      system.must("apt-get", "-qy", "purge", name);
      assertThat(system.filesNamed("update-agent")).isEmpty();
      assertThat(system.filesNamed("kubesolo")).isEmpty();
    }
  }

  private static void worksAsInstalled(Chroot system) throws Exception {
    assertThat(system.must("update-agent", "status"))
        .startsWith("runs         unknown")
        .contains("idle");
    assertThat(system.must("update-agent", "send", "check")).contains("idle -> checking");
    assertThat(system.must("update-agent", "send", "cancel")).contains("checking -> idle");
    assertThat(system.path(STATE)).isNotEmptyFile();
    // The default directory is that of a device; but a machine that is not booted by grub.cfg has
    // no running slot.
    Result apply = system.run("update-agent", "apply");
    assertThat(apply.code()).as("%s", apply).isEqualTo(1);
    assertThat(apply.err()).contains("is not booted");
    assertThat(system.must("env", "_JAVA_OPTIONS=-Xlog:class+load", "update-agent", "status"))
        .contains("io.kubesolo.update.agent.Main source: shared objects file (top)")
        .contains("java.lang.Object source: shared objects file");
    assertThat(system.must("update-agent", "--version")).contains("class archive: " + ARCHIVE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(system.path(ARCHIVE))))
        .isEqualTo("rw-r--r--");
  }

  private static void unitsAreEnabled(Chroot system, boolean enabled) {
    for (String link : new String[] {
      "timers.target.wants/update-agent.timer",
      "multi-user.target.wants/update-agent-serve.service",
      "multi-user.target.wants/update-agent-healthcheck.service",
      "boot-complete.target.requires/update-agent-healthcheck.service",
      "emergency.target.wants/update-agent-leave.service",
      "rescue.target.wants/update-agent-leave.service"
    }) {
      Path path = system.path("/etc/systemd/system/" + link);
      assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).as(link).isEqualTo(enabled);
    }
  }

  /**
   * Upgrades the package, which keeps a file that the operator changed and replaces the other
   * files. Returns what the upgrade said.
   */
  private String keepsWhatTheOperatorChanged(Chroot system, DebianPackage first) throws Exception {
    Path configuration = system.path(CONFIGURATION);
    String changed = Files.readString(configuration).replace("updates.example.com", "10.0.0.1");
    Files.writeString(configuration, changed);
    Files.writeString(system.path("/etc/update-agent/update.pub"), "a key");
    String state = Files.readString(system.path(STATE));
    DebianPackage later = first.later(
        folder,
        CONFIGURATION.substring(1) + " " + HEALTH_CHECK.substring(1),
        text -> text.replace("example.com", "example.org").replace("#!/bin/sh", "#!/bin/sh -e"));

    String said = system.install(later, "-o", "Dpkg::Options::=--force-confold");

    assertThat(Files.readString(configuration)).isEqualTo(changed);
    assertThat(Files.readString(system.path(CONFIGURATION + ".dpkg-dist"))).contains("example.org");
    assertThat(Files.readString(system.path(HEALTH_CHECK))).startsWith("#!/bin/sh -e");
    assertThat(system.must("cat", "/var/lib/kubesolo/update/device.json")).isEqualTo(changed);
    assertThat(system.must("cat", "/var/lib/kubesolo/update/update.pub")).isEqualTo("a key");
    assertThat(Files.readString(system.path(STATE))).isEqualTo(state);
    return said;
  }

  @Test
  void archivesItsClassesForAnotherJavaRuntimeAndNeverFailsAtIt() throws Exception {
    DebianPackage bare = DebianPackage.named(DebianPackage.BARE);
    try (Chroot system = Chroot.with(bare)) {
      Files.delete(system.path(ARCHIVE));
      system.must("apt-get", "-qy", "install", "--reinstall", "openjdk-17-jre-headless");
      assertThat(system.path(ARCHIVE)).isNotEmptyFile();

      Path broken = system.path("/usr/bin/java");
      Files.delete(broken);
      Files.writeString(broken, "#!/bin/sh\necho no memory >&2\nexit 1\n");
      Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwxr-xr-x"));
      assertThat(system.install(bare, "--reinstall"))
          .contains("warning: no class archive was made")
          .contains("no memory");
      assertThat(system.path(ARCHIVE)).doesNotExist();
      Files.writeString(broken, "#!/bin/sh\necho no archive of my own\n");
      assertThat(system.run("/var/lib/dpkg/info/update-agent.postinst", "triggered"))
          .satisfies(triggered -> assertThat(triggered.err()).contains("no archive of my own"))
          .returns(0, Result::code);

      system.must("ln", "-sf", "/etc/alternatives/java", "/usr/bin/java");
      assertThat(system.must("update-agent", "send", "check")).contains("idle -> checking");

      String full = "mount -t tmpfs -o size=4k,nr_inodes=1 none /tmp && dpkg-trigger"
          + " --by-package=openjdk-17-jre-headless /usr/lib/jvm && dpkg --configure --pending";
      assertThat(system.run("sh", "-c", full))
          .satisfies(triggered ->
              assertThat(triggered.err()).contains("warning: no class archive was made", "mktemp"))
          .returns(0, Result::code);
    }
  }

  @Test
  void onePackageReplacesTheOtherAndKeepsItsConfiguration() throws Exception {
    DebianPackage withRuntime = DebianPackage.named(DebianPackage.WITH_RUNTIME);
    DebianPackage bare = DebianPackage.named(DebianPackage.BARE);
    try (Chroot system = Chroot.with(withRuntime)) {
      system.must("update-agent", "send", "check");
      Files.writeString(
          system.path(CONFIGURATION),
          Files.readString(system.path(CONFIGURATION)).replace("example.com", "example.net"));

      system.install(bare, "-o", "Dpkg::Options::=--force-confold");
      system.must("dpkg", "--purge", DebianPackage.WITH_RUNTIME);

      assertThat(system.must("update-agent", "status")).contains("checking");
      assertThat(system.path("/usr/lib/update-agent/runtime")).doesNotExist();
      assertThat(Files.readString(system.path(CONFIGURATION))).contains("example.net");
      assertThat(system.must("cat", "/var/lib/kubesolo/update/device.json"))
          .contains("example.net");
      unitsAreEnabled(system, true);

      // The device directory is the mount point of a data partition, which cannot be removed.
      system.must(
          "sh", "-c", "mount --bind %1$s %1$s && dpkg --purge update-agent".formatted(DIRECTORY));
      assertThat(system.path(DIRECTORY)).isEmptyDirectory();
    }
  }
}
