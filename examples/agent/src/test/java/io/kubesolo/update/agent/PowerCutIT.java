package io.kubesolo.update.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real file system is shut down while events are written, as by a power cut, and mounted anew. */
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
  @CsvSource({"ext4, 64", "xfs, 320"})
  void everyAnswerSurvivesAForcedShutdown(String kind, long size) throws Exception {
    Tools.assumePresent("mkfs." + kind);
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    Path image = mounts.image(kind, size);
    Path directory = mounts.mount("disk", "-o", "loop", image.toString());
    Agent agent = Agent.on(directory.resolve("kubesolo/update/state.json"));
    long accepted = 0;
    for (int i = 0; i < CUTS; i++) {
      long acknowledged = sendUntilTheCut(agent, directory, 400 + random.nextInt(400));
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
        "power cuts: %s: %d, %d events accepted, seed %d%n", kind, CUTS, accepted, seed);
  }

  /** The last revision that was acknowledged, by anybody. */
  private long sendUntilTheCut(Agent agent, Path mount, long millis) throws Exception {
    long before = agent.revision();
    Path answers = mounts.directory("control").resolve("answers");
    Process process = new ProcessBuilder(Embedded.sending(agent.state(), 2, 1_000_000))
        .redirectErrorStream(true)
        .redirectOutput(answers.toFile())
        .start();
    try {
      Thread.sleep(millis);
      Shell.must("xfs_io", "-x", "-c", "shutdown", mount.toString());
      Thread.sleep(100);
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
