package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.BootEnvironmentFile;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.testkit.AgentProcess;
import io.kubesolo.update.agent.testkit.Mounts;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.agent.testkit.Talk;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A real file system on a device that cannot write its blocks for a while. The kernel marks the
 * pages that it lost as clean, so success may only be reported after the data was written again.
 */
@Tag("prove")
class BlockErrorIT {
  private Mounts mounts;

  BlockErrorIT() throws IOException {
    mounts = new Mounts();
  }

  @BeforeEach
  void requireRootAndItsTools() {
    Mounts.assumeNbdDevices();
    Tools.assumePresent("nbdkit");
    Tools.assumePresent("xfs_io");
  }

  @AfterEach
  void unmount() {
    mounts.close();
  }

  @ParameterizedTest
  @CsvSource({"ext4, -O^has_journal", "ext4, ''", "xfs, ''", "btrfs, ''"})
  void noSuccessIsReportedForWhatTheDeviceLost(String kind, String option) throws Exception {
    Tools.assumePresent("mkfs." + kind);
    Path broken = mounts.directory("control").resolve("broken");
    Path device = device(broken, kind, option.isEmpty() ? new String[0] : new String[] {option});
    Path directory = mounts.mount("disk", device.toString());
    AgentProcess agent = AgentProcess.on(directory.resolve("update/state.json"));
    long acknowledged = 0;
    int failed = 0;
    try (Talk talk = new Talk(agent.state())) {
      for (int round = 0; round < 3; round++) {
        if (failed == 0) {
          acknowledged = acknowledged(talk.send(), acknowledged);
          assertThat(acknowledged).isEqualTo(1);
        }
        Files.createFile(broken);
        assertThat(talk.send()).as("an event that cannot be on the device").startsWith("failed");
        failed++;
        Files.delete(broken);
        String answer = talk.send();
        acknowledged = acknowledged(answer, acknowledged);
        if (option.isEmpty() && !kind.equals("btrfs")) {
          // Without a journal, a file system that was cut off wants its checker first; btrfs cannot
          // be.
          Shell.must("xfs_io", "-x", "-c", "shutdown", directory.toString());
        }
        mountAnew(device, directory);
        assertThat(agent.revision())
            .as("after %s", answer)
            .isBetween(acknowledged, acknowledged + 2);
        if (answer.startsWith("accepted")) {
          assertThat(agent.revision()).as("what the device has").isEqualTo(acknowledged);
        }
      }
    }
    System.out.printf(
        "block errors: %s %s: %d events failed, the last success was revision %d%n",
        kind, option, failed, acknowledged);
  }

  private static long acknowledged(String answer, long before) {
    return answer.startsWith("accepted") ? Long.parseLong(answer.split(" ", -1)[1]) : before;
  }

  /** Shows why the data has to be written again: on this device a second sync reports success. */
  @Test
  void aFailedSyncThatIsTriedAgainSucceedsAndTheDataIsLost() throws Exception {
    Path broken = mounts.directory("control").resolve("broken");
    Path device = device(broken, "ext4");
    Path directory = mounts.mount("disk", device.toString());
    Path file = Files.createFile(directory.resolve("careless"));
    Shell.must("sync", "--file-system", directory.toString());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap("acknowledged".getBytes(UTF_8)));
      Files.createFile(broken);
      assertThatThrownBy(() -> channel.force(false)).isInstanceOf(IOException.class);
      Files.delete(broken);
      channel.force(false);
    }
    mountAnew(device, directory);
    assertThat(Files.readString(file)).doesNotContain("acknowledged");
  }

  /**
   * A killed command may leave a boot environment that only the page cache holds. As long as the
   * device refuses it, no later command may treat it as durable.
   */
  @Test
  void aBootEnvironmentThatTheDeviceRefusedIsNotSettledWithoutAnotherWrite() throws Exception {
    Path broken = mounts.directory("control").resolve("broken");
    Path device = device(broken, "ext4", "-O^has_journal");
    Path directory = mounts.mount("disk", device.toString());
    BootEnvironmentFile file = new BootEnvironmentFile(directory.resolve("grubenv"));
    BootEnvironment before = file.write(BootEnvironment.of(Slot.A, 3));
    BootEnvironment after = before.switchedTo(Slot.B, "v1.1", 3);
    Shell.must("sync", "--file-system", directory.toString());

    Files.write(file.path(), after.toBytes(), StandardOpenOption.WRITE);
    Files.createFile(broken);
    for (int command = 1; command <= 3; command++) {
      assertThatExceptionOfType(Failure.class)
          .as("command %d", command)
          .isThrownBy(() -> settle(file));
    }
    Files.delete(broken);
    assertThat(settle(file).toBytes()).isEqualTo(after.toBytes());
    mountAnew(device, directory);
    assertThat(file.read().toBytes()).isEqualTo(after.toBytes());
  }

  private static BootEnvironment settle(BootEnvironmentFile file) throws Failure {
    return file.settle(Slot.A, 3, warning -> {
      throw new AssertionError(warning);
    });
  }

  private static void mountAnew(Path device, Path directory) {
    Shell.must("umount", directory.toString());
    Shell.must("mount", device.toString(), directory.toString());
  }

  /**
   * Mounts a file system on a device in memory whose writes fail while a file exists.
   */
  private Path device(Path broken, String kind, String... options) throws IOException {
    Path device = mounts.device(
        "[",
        "nbdkit",
        "--exit-with-parent",
        "--filter=error",
        "memory",
        "320M",
        "error=EIO",
        "error-pwrite-rate=100%",
        "error-pwrite-file=" + broken,
        "]");
    Mounts.make(kind, device, options);
    return device;
  }
}
