package io.kubesolo.update.agent.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.Main;
import io.kubesolo.update.agent.cli.ExitCode;
import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.DeviceWithServer;
import io.kubesolo.update.agent.testkit.Mounts;
import io.kubesolo.update.agent.testkit.Program;
import io.kubesolo.update.agent.testkit.RawServer;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.agent.testkit.TestDevice;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Failures of the device during a download, which are not the version's: the phase stays downloading, no
 * attempt is counted, and the next apply continues.
 */
@Timeout(60)
final class DeviceFailureTest extends DeviceWithServer {
  /** The number of calls, which is more than the attempts that are allowed. */
  private static final int CALLS = 4;

  private void staysWith(String problem) {
    for (int call = 0; call < CALLS; call++) {
      CommandLineRun.Result result = device.run("apply");

      assertThat(result.code()).as("%s", result).isEqualTo(ExitCode.OTHER);
      assertThat(result.err().lines()).singleElement().asString().contains(problem);
      assertThat(device.phase()).isEqualTo(Phase.DOWNLOADING);
      assertThat(device.state().attemptCount()).isOne();
    }
  }

  private void goesOn() throws Exception {
    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    assertThat(device.state().attemptCount()).isOne();
    assertThat(device.slots().verifiedContent(Slot.A).version()).isEqualTo("v1");
  }

  private void interruptADownload() {
    device.offer(server, "v2", RawServer.status("503 Busy"));
    assertThat(device.run("apply").code()).isEqualTo(ExitCode.OTHER);
    device.offer(server, "v2");
  }

  /** Simulates, for example, a udev link that is not there yet. */
  @Test
  void aSlotIsMissingForAWhile() throws Exception {
    Path slot = device.slots().image(Slot.B);
    Path aside = slot.resolveSibling("aside");
    Files.move(slot, aside);
    staysWith("b.img: slot b is missing");

    Files.move(aside, slot);
    goesOn();
  }

  @Test
  void aSlotIsNeitherAFileNorADevice() throws Exception {
    Path slot = device.slots().image(Slot.B);
    Files.delete(slot);
    Files.createDirectory(slot);
    staysWith("b.img: is neither an image file nor a block device");

    Files.delete(slot);
    Files.write(slot, new byte[TestDevice.SLOT_BYTES]);
    goesOn();
  }

  @Test
  void aSlotIsTheRunningOneByAnotherName() throws Exception {
    Path slot = device.slots().image(Slot.B);
    Files.delete(slot);
    Files.createSymbolicLink(slot, device.slots().image(Slot.A));
    staysWith("b.img: is the slot that runs, which is never written");

    Files.delete(slot);
    Files.write(slot, new byte[TestDevice.SLOT_BYTES]);
    goesOn();
  }

  @Test
  void theFileSystemOfASparseSlotIsFullOrReadOnly() throws Exception {
    Tools.assumeRoot();
    try (Mounts mounts = new Mounts()) {
      Path disk = mounts.mount("slots", "-t", "tmpfs", "-o", "size=200k", "tmpfs");
      Path slot = disk.resolve("b.img");
      try (RandomAccessFile file = new RandomAccessFile(slot.toFile(), "rw")) {
        file.setLength(TestDevice.SLOT_BYTES);
      }
      device.configure("slots", Map.of("b", slot.toString()));
      staysWith("b.img: no space left on device");

      Shell.must("mount", "-o", "remount,ro,size=1m", disk.toString());
      staysWith("b.img: read-only file system");

      Shell.must("mount", "-o", "remount,rw,size=1m", disk.toString());
      goesOn();
    }
  }

  /**
   * Simulates a chroot that is no mount point, where Java finds no file system for the download.
   */
  @Test
  void theMountsAreUnknown() throws Exception {
    Tools.assumeRoot();
    Tools.assumePresent("unshare");
    String withoutMounts = "mount -t proc -o subset=pid proc /proc && exec \"$@\"";

    CommandLineRun.Result applied = Program.run(
        dir,
        "",
        "unshare",
        "-m",
        "sh",
        "-c",
        withoutMounts,
        "sh",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "--device",
        device.dir.toString(),
        "apply");

    assertThat(applied.code()).as("%s", applied).isZero();
    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void aSlotIsMountedForInspection() throws Exception {
    Tools.assumeRoot();
    Tools.assumePresent("losetup");
    Tools.assumePresent("mkfs.ext4");
    try (Mounts mounts = new Mounts()) {
      Path image = mounts.image("ext4", 2);
      device.configure("slots", Map.of("b", image.toString()));
      Path mounted = mounts.mount("looked at", "-o", "loop,ro", image.toString());
      staysWith(image + ": is mounted on " + mounted);

      Shell.must("umount", mounted.toString());
      goesOn();
    }
  }

  @Test
  void aDirectoryIsInPlaceOfANote() throws Exception {
    Path note = device.slots().note(Slot.B);
    Files.createDirectories(note.resolve("x"));
    staysWith("b.json: directory not empty");

    Files.delete(note.resolve("x"));
    goesOn();
  }

  @Test
  void theKeyIsMissingWithinADownload() throws Exception {
    interruptADownload();
    Path key = device.dir.resolve("update.pub");
    Path aside = device.dir.resolve("aside");
    Files.move(key, aside);
    staysWith("update.pub: no such file or directory");

    Files.move(aside, key);
    goesOn();
  }

  @Test
  void theDownloadFolderIsAFile() throws Exception {
    interruptADownload();
    Path folder = device.dir.resolve("download");
    Files.delete(folder);
    Files.createFile(folder);
    staysWith("download: ");

    Files.delete(folder);
    goesOn();
  }

  @Test
  void theDeadlineEndsIt() throws Exception {
    Files.delete(device.slots().image(Slot.B));
    staysWith("b.img: slot b is missing");

    device.hasBeenUpSinceTheHostStarted();
    device.done("--deadlines", "downloading=1s", "tick");

    assertThat(device.phase()).isEqualTo(Phase.FAILED);
    assertThat(device.state().lastError().get()).contains("timed out in downloading");
  }

  @Test
  void endsACheckIfTheOtherSlotMustNotBeOverwrittenMeanwhile() throws Exception {
    device.install(Slot.B, "v0");
    device.fallBackTo(Slot.A);
    Path grubenv = device.dir.resolve("grubenv");
    byte[] notGood = Files.readAllBytes(grubenv);
    device.done("healthcheck");
    byte[] manifest =
        DeviceFactory.manifest("v2.img", DeviceFactory.content("v2", TestDevice.image("v2")));
    server.on("manifest.json", (request, out) -> {
      Files.write(grubenv, notGood);
      RawServer.file(manifest).write(request, out);
    });

    assertThat(device.run("apply").code()).isEqualTo(ExitCode.OTHER);

    assertThat(device.phase()).isEqualTo(Phase.FAILED);
    assertThat(device.state().lastError().get())
        .contains("the passive slot must not be overwritten");

    device.offer(server, "v2");
    device.done("healthcheck");
    goesOn();
  }

  @Test
  void endsACheckWithoutAKey() throws IOException {
    Files.delete(device.dir.resolve("update.pub"));

    assertThat(device.run("apply").code()).isEqualTo(ExitCode.OTHER);

    assertThat(device.phase()).isEqualTo(Phase.FAILED);
  }
}
