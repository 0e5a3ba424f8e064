package io.kubesolo.update.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.cli.ExitCode;
import io.kubesolo.update.agent.testkit.AgentProcess;
import io.kubesolo.update.agent.testkit.Mounts;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.agent.testkit.Talk;
import io.kubesolo.update.agent.testkit.VolatileDisk;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A real file system on a disk with a volatile cache. The power fails at each write and flush of the disk
 * in turn; then the file system is mounted again from what the disk has.
 */
@Tag("prove")
class PowerCutIT {
  private static final String STATE = "kubesolo/update/state.json";

  /** The first event creates the directories and the lock file. */
  private static final int EVENTS = 2;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private Mounts mounts;

  PowerCutIT() throws IOException {
    mounts = new Mounts();
  }

  @BeforeEach
  void requireRootAndItsTools() {
    Mounts.assumeNbdDevices();
  }

  @AfterEach
  void unmount() {
    mounts.close();
  }

  @ParameterizedTest
  @CsvSource({"ext4, 64", "xfs, 320", "btrfs, 128"})
  void everyAnswerSurvivesAPowerCutAtAnyRequestOfTheDisk(String kind, long size) throws Exception {
    Tools.assumePresent("mkfs." + kind);
    Path image = mounts.image(kind, size);
    int cuts = 0;
    while (isCut(image, kind, cuts + 1)) {
      cuts++;
    }
    assertThat(cuts).as("requests of the disk").isGreaterThan(10);
    System.out.printf(
        "power cuts: %s: at each of %d requests of the disk, seed %d%n", kind, cuts, seed);
  }

  /** Sends events until the power fails; returns whether it did before all were answered. */
  private boolean isCut(Path fresh, String kind, int request) throws Exception {
    Path image = mounts.directory("disk").resolve("image");
    Shell.must("cp", "--sparse=always", fresh.toString(), image.toString());
    VolatileDisk disk = new VolatileDisk(image);
    long acknowledged = 0;
    boolean failed = false;
    try (Mounts device = new Mounts()) {
      Path directory = device.mount("disk", device.device(disk.address()).toString());
      disk.failAfter(request);
      try (Talk talk = new Talk(directory.resolve(STATE))) {
        while (!failed && acknowledged < EVENTS) {
          CompletableFuture<String> answer = talk.begin();
          while (!failed && !answer.isDone()) {
            failed = disk.awaitPowerFailure(10);
          }
          if (answer.isDone()) {
            assertThat(answer.join()).startsWith("accepted " + (acknowledged + 1) + " ");
            acknowledged++;
          }
        }
        switchOff(disk);
      }
      Shell.must("umount", directory.toString());
    }
    requireKept(image, kind, acknowledged, request);
    return failed;
  }

  /** Switches the disk off. It keeps none, some or all of the blocks that were not flushed. */
  private void switchOff(VolatileDisk disk) throws IOException {
    double share = random.nextInt(3) / 2.0;
    disk.switchOff(() -> random.nextDouble() < share);
  }

  private void requireKept(Path image, String kind, long acknowledged, int request)
      throws IOException {
    try (Mounts device = new Mounts()) {
      Path directory = mountAnew(device, image, kind);
      AgentProcess agent = AgentProcess.on(directory.resolve(STATE));
      assertThat(agent.revision())
          .as("after a power cut at request %d, seed %d", request, seed)
          .isBetween(acknowledged, acknowledged + 1);
      agent.assertGoesOn();
      Shell.must("umount", directory.toString());
    }
  }

  private static Path mountAnew(Mounts device, Path image, String kind) throws IOException {
    if (kind.startsWith("ext")) {
      // As a machine does that was cut off.
      assertThat(Shell.run("e2fsck", "-f", "-y", image.toString()).code()).isBetween(0, 1);
    }
    if (kind.equals("btrfs")) {
      // The kernel remembers the disk before the power cut, and takes the newer one of two for it.
      Shell.must("btrfs", "device", "scan", "--forget");
    }
    return device.mount("disk", "-o", "loop", image.toString());
  }

  /** Shows why the flushes are needed: a file that was only renamed is lost on this disk. */
  @Test
  void aFileThatIsNotSyncedIsLost() throws Exception {
    Path image = mounts.image("ext4", 64);
    VolatileDisk disk = new VolatileDisk(image);
    try (Mounts device = new Mounts()) {
      Path directory = device.mount("disk", device.device(disk.address()).toString());
      Path file = Files.writeString(directory.resolve("careless.tmp"), "acknowledged");
      Files.move(file, directory.resolve("careless"));
      disk.switchOff(() -> false);
      Shell.must("umount", directory.toString());
    }
    try (Mounts device = new Mounts()) {
      Path directory = mountAnew(device, image, "ext4");
      assertThat(directory.resolve("careless")).doesNotExist();
    }
  }

  /**
   * Uses XFS, which then reports success for the sync of a directory; the agent must not believe
   * it.
   */
  @Test
  void aShutdownBetweenTheRenameAndTheSyncOfTheDirectoryIsReportedAsAnUnknownOutcome()
      throws Exception {
    Tools.assumePresent("mkfs.xfs");
    Tools.assumePresent("xfs_io");
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
}
