package io.kubesolo.update.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.AgentProcess;
import io.kubesolo.update.agent.testkit.Mounts;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged agent on file systems that refuse to be written. */
@Tag("prove")
class RefusingKernelIT {
  private Mounts mounts;

  RefusingKernelIT() throws IOException {
    mounts = new Mounts();
  }

  @BeforeEach
  void requireRoot() {
    Tools.assumeRoot();
  }

  @AfterEach
  void unmount() {
    mounts.close();
  }

  private static AgentProcess agent(Path directory) {
    AgentProcess agent = AgentProcess.on(directory.resolve("state.json"));
    for (int i = 0; i < 3; i++) {
      assertThat(agent.sendNextHere().code()).isZero();
    }
    return agent;
  }

  /**
   * Checks that an event is rejected with exit code 12 and that reason, and that nothing has
   * changed.
   */
  private static void assertRefused(AgentProcess agent, String reason) throws IOException {
    String before = Files.readString(agent.state());
    Shell.Result result = agent.sendNext();
    assertThat(result.code()).as("%s", result).isEqualTo(12);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .hasLineCount(1)
        .startsWith("update-agent: " + agent.directory())
        .contains(reason);
    assertThat(agent.state()).hasContent(before);
    assertThat(agent.temporaries()).isEmpty();
    assertThat(agent.run("status").code()).isZero();
  }

  @Test
  void aFullFileSystemLeavesTheOldState() throws IOException {
    AgentProcess agent =
        agent(mounts.mount("full", "-t", "tmpfs", "-o", "size=64k,mode=755", "full"));
    Path filler = agent.directory().resolve("filler");
    Shell.run("dd", "if=/dev/zero", "of=" + filler, "bs=4k");

    assertRefused(agent, "no space left on device; the old state is kept");

    Files.delete(filler);
    agent.assertGoesOn();
  }

  @Test
  void aFullFileSystemRefusesTheFirstEventAndKeepsNothingOfIt() throws IOException {
    Path directory = mounts.mount("full", "-t", "tmpfs", "-o", "size=64k,mode=755", "full");
    AgentProcess agent = AgentProcess.on(directory.resolve("state.json"));
    Path filler = directory.resolve("filler");
    Shell.run("dd", "if=/dev/zero", "of=" + filler, "bs=4k");

    Shell.Result result = agent.run("send", "check");

    assertThat(result.code()).as("%s", result).isEqualTo(12);
    assertThat(result.err()).hasLineCount(1).contains("no space left on device");
    assertThat(agent.state()).doesNotExist();
    assertThat(agent.temporaries()).isEmpty();
    Files.delete(filler);
    agent.assertGoesOn();
  }

  @Test
  void aFileSystemWithoutInodesLeavesTheOldState() throws IOException {
    AgentProcess agent =
        agent(mounts.mount("inodes", "-t", "tmpfs", "-o", "nr_inodes=6,mode=755", "inodes"));
    int fillers = 0;
    while (Shell.run("touch", agent.directory().resolve("filler" + fillers).toString())
        .succeeded()) {
      fillers++;
    }
    assertThat(fillers).isGreaterThan(1);

    assertRefused(agent, "no space left on device; the old state is kept");

    // A replacement needs room for two files: the new content and the mark of its outcome.
    Files.delete(agent.directory().resolve("filler0"));
    Files.delete(agent.directory().resolve("filler1"));
    agent.assertGoesOn();
  }

  @Test
  void aReadOnlyMountLeavesTheOldStateAndIsRead() throws IOException {
    Path directory = mounts.mount("ro", "-t", "tmpfs", "-o", "mode=755", "ro");
    AgentProcess agent = agent(directory);
    Shell.must("mount", "-o", "remount,ro", directory.toString());

    assertRefused(agent, "read-only file system; the old state is kept");

    Shell.must("mount", "-o", "remount,rw", directory.toString());
    agent.assertGoesOn();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "state.json"})
  void whatChattrMadeImmutableStays(String name) throws IOException {
    Tools.assumePresent("chattr");
    Tools.assumePresent("mkfs.ext4");
    Path image = mounts.image("ext4", 16);
    AgentProcess agent = agent(mounts.mount("immutable", "-o", "loop", image.toString()));
    String file = agent.directory().resolve(name).toString();
    Shell.must("chattr", "+i", file);

    assertRefused(agent, "operation not permitted");

    Shell.must("chattr", "-i", file);
    agent.assertGoesOn();
  }

  @ParameterizedTest
  @ValueSource(strings = {"000", "022", "077", "777"})
  void modesAreTheSameUnderEveryUmask(String umask) throws IOException {
    AgentProcess agent = AgentProcess.on(mounts.directory("umask").resolve("a/b/state.json"));

    Shell.Result result =
        agent.under("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh").run("send", "check");

    assertThat(result.code()).as("%s", result).isZero();
    assertThat(mode(agent.directory())).isEqualTo("rwxr-xr-x");
    assertThat(mode(agent.state())).isEqualTo("rw-r--r--");
    assertThat(mode(agent.directory().resolve("state.json.lock"))).isEqualTo("rw-------");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
