package io.kubesolo.update.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.cli.ExitCode;
import io.kubesolo.update.agent.testkit.AgentProcess;
import io.kubesolo.update.agent.testkit.Embedded;
import io.kubesolo.update.agent.testkit.Mounts;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A real file system is shut down while events are written, as by a power cut, before its journal is
 * written or ({@code -f}) after it, and mounted anew.
 */
@Tag("prove")
class PowerCutIT {
  private static final int CUTS = 8;

  private Mounts mounts;

  PowerCutIT() throws IOException {
    mounts = new Mounts();
  }

  @BeforeEach
  void requireRootAndItsTools() {
    Tools.assumeRoot();
    Tools.assumePresent("xfs_io");
  }

  @AfterEach
  void unmount() {
    mounts.close();
  }

  @ParameterizedTest
  @CsvSource({
    "ext4, 64, shutdown",
    "ext4, 64, shutdown -f",
    "xfs, 320, shutdown",
    "xfs, 320, shutdown -f"
  })
  void everyAnswerSurvivesAForcedShutdown(String kind, long size, String cut) throws Exception {
    Tools.assumePresent("mkfs." + kind);
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    Path image = mounts.image(kind, size);
    Path directory = mounts.mount("disk", "-o", "loop", image.toString());
    AgentProcess agent = AgentProcess.on(directory.resolve("kubesolo/update/state.json"));
    long accepted = 0;
    for (int i = 0; i < CUTS; i++) {
      long acknowledged = sendUntilTheCut(agent, directory, cut, 400 + random.nextInt(400));
      Shell.must("umount", directory.toString());
      Shell.must("mount", "-o", "loop", image.toString(), directory.toString());
      assertThat(agent.revision())
          .as("power cut %d on %s, seed %d", i, kind, seed)
          .isBetween(acknowledged, acknowledged + 1);
      accepted = agent.revision();
      agent.assertGoesOn();
    }
    assertThat(accepted).isGreaterThan(100);
    System.out.printf(
        "power cuts: %s, %s: %d, %d events accepted, seed %d%n", kind, cut, CUTS, accepted, seed);
  }

  /** XFS calls a directory's sync a success then, which the agent must not believe. */
  @Test
  void aShutdownBetweenTheRenameAndTheSyncOfTheDirectoryIsToldAsAnUnknownOutcome()
      throws Exception {
    Tools.assumePresent("mkfs.xfs");
    Tools.assumePresent("strace");
    Path image = mounts.image("xfs", 320);
    Path directory = mounts.mount("disk", "-o", "loop", image.toString());
    AgentProcess agent = AgentProcess.on(directory.resolve("state.json"));
    assertThat(agent.sendNextHere().code()).isZero();
    String log = mounts.directory("control").resolve("log").toString();
    AgentProcess halted =
        agent.under("strace", "-f", "-qqq", "-o", log, "-e", "inject=rename:delay_exit=3000000");

    CompletableFuture<Shell.Result> sent = CompletableFuture.supplyAsync(halted::sendNext);
    for (int i = 0; i < 1000 && agent.revision() < 2; i++) {
      Thread.sleep(10);
    }
    Shell.must("xfs_io", "-x", "-c", "shutdown", directory.toString());

    assertThat(sent.join().code()).as("%s", sent.join()).isEqualTo(ExitCode.NOT_PERSISTED);
    assertThat(sent.join().err()).hasLineCount(1).contains("unknown");
    Shell.must("umount", directory.toString());
    Shell.must("mount", "-o", "loop", image.toString(), directory.toString());
    assertThat(agent.revision()).isBetween(1L, 2L);
    agent.assertGoesOn();
  }

  /** The last revision that was acknowledged, by anybody. */
  private long sendUntilTheCut(AgentProcess agent, Path mount, String cut, long millis)
      throws Exception {
    long before = agent.revision();
    Path answers = mounts.directory("control").resolve("answers");
    Process process = new ProcessBuilder(Embedded.sending(agent.state(), 2, 1_000_000))
        .redirectErrorStream(true)
        .redirectOutput(answers.toFile())
        .start();
    try {
      Thread.sleep(millis);
      Shell.must("xfs_io", "-x", "-c", cut, mount.toString());
      for (int i = 0; i < 100 && !Files.readString(answers).contains("failed"); i++) {
        Thread.sleep(100);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    List<String> lines = Files.readAllLines(answers);
    assertThat(lines).anyMatch(line -> line.startsWith("failed"));
    return lines.stream()
        .filter(line -> line.matches("accepted \\d+ \\d+"))
        .mapToLong(line -> Long.parseLong(line.split(" ", -1)[1]))
        .max()
        .orElse(before);
  }
}
