package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.agent.testkit.AgentProcess;
import io.kubesolo.update.agent.testkit.Embedded;
import io.kubesolo.update.agent.testkit.Mounts;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
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
 * A real file system on a device that for a while cannot write its blocks. The kernel takes the pages
 * that it lost for clean then, so a success may only be told of what was written anew.
 */
@Tag("prove")
class BlockErrorIT {
  private Mounts mounts;

  BlockErrorIT() throws IOException {
    mounts = new Mounts();
  }

  @BeforeEach
  void requireRootAndItsTools() {
    Tools.assumeRoot();
    for (String tool : new String[] {"nbdkit", "nbdfuse", "losetup", "xfs_io"}) {
      Tools.assumePresent(tool);
    }
    Tools.assume(Files.exists(Path.of("/dev/fuse")), "/dev/fuse is missing");
  }

  @AfterEach
  void unmount() {
    mounts.close();
  }

  @ParameterizedTest
  @CsvSource({"ext4, -O^has_journal", "ext4, ''", "xfs, ''"})
  void noSuccessIsToldOfWhatTheDeviceLost(String kind, String option) throws Exception {
    Tools.assumePresent("mkfs." + kind);
    Path broken = mounts.directory("control").resolve("broken");
    Path device = device(broken, kind, option);
    Path directory = mounts.mount("disk", device.toString());
    AgentProcess agent = AgentProcess.on(directory.resolve("update/state.json"));
    long acknowledged = 0;
    int failed = 0;
    try (Talk talk = new Talk(agent.state())) {
      for (int round = 0; round < 3; round++) {
        assertThat(failed > 0 || talk.send().startsWith("accepted")).isTrue();
        Files.createFile(broken);
        assertThat(talk.send()).as("an event that cannot be on the device").startsWith("failed");
        failed++;
        Files.delete(broken);
        String answer = talk.send();
        acknowledged =
            answer.startsWith("accepted") ? Long.parseLong(answer.split(" ", -1)[1]) : acknowledged;
        if (option.isEmpty()) {
          // Without a journal, a file system that was cut off wants its checker first.
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

  /** Why the promise is needed: on this device, a second sync reports success. */
  @Test
  void aFailedSyncThatIsTriedAgainSucceedsAndTheDataIsLost() throws Exception {
    Path broken = mounts.directory("control").resolve("broken");
    Path device = device(broken, "ext4", "");
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

  private static void mountAnew(Path device, Path directory) {
    Shell.must("umount", directory.toString());
    Shell.must("mount", device.toString(), directory.toString());
  }

  /** A file system of a kind on a device in memory whose writes fail while a file is there. */
  private Path device(Path broken, String kind, String option) throws IOException {
    Path device = device(broken);
    String force = kind.equals("xfs") ? "-f" : "-F";
    Shell.must("sh", "-c", "mkfs." + kind + " -q " + force + " " + option + " " + device);
    return device;
  }

  private Path device(Path broken) throws IOException {
    Path fuse = mounts.directory("fuse");
    Path file = Files.createFile(fuse.resolve("nbd"));
    Shell.must(
        "sh",
        "-c",
        "nbdfuse " + file + " [ nbdkit --exit-with-parent --filter=error memory 320M"
            + " error=EIO error-pwrite-rate=100% error-pwrite-file=" + broken
            + " ] >/dev/null 2>&1 & for i in $(seq 100); do mountpoint -q " + file
            + " && exit 0; sleep 0.1; done; exit 1");
    mounts.atTheEnd("umount", "-l", file.toString());
    String loop = Shell.must("losetup", "--direct-io=on", "-f", "--show", file.toString());
    mounts.atTheEnd("losetup", "-d", loop);
    return Path.of(loop);
  }

  /** A process that sends an event when told to. */
  private static final class Talk implements AutoCloseable {
    private final Process process;
    private final OutputStream in;
    private final BufferedReader out;

    Talk(Path state) throws IOException {
      process = new ProcessBuilder(Embedded.listening(state))
          .redirectErrorStream(true)
          .start();
      in = process.getOutputStream();
      out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    String send() throws IOException {
      in.write('\n');
      in.flush();
      return String.valueOf(out.readLine());
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
