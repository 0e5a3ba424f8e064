package io.kubesolo.update.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.agent.update.WalkExplorer.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Walks the whole device: every command of cron and the operator, in every order, each killed, or
 * its power cut, after every change that it makes to the disk; and goes on from every disk that
 * this can leave. Always a slot boots and is whole, the running one is never written to, no state
 * claims a version that does not run, and cron brings it to rest.
 */
final class DeviceWalkTest {
  /** How many commands in a row, killed or not; {@code -Dwalk.depth=} walks deeper. */
  private static final int DEPTH = Integer.getInteger("walk.depth", 3);

  private static final List<String> OFFERS = List.of("v1", "v2", "v3");
  private static final List<String> GOOD_UPDATE =
      List.of("boot", "healthcheck", "apply v2", "activate", "boot", "healthcheck");

  private final long start = System.nanoTime();
  private Path folder;

  /** In memory where there is such a place: a walk makes a million files. */
  @BeforeEach
  void makeFolder() throws IOException {
    Path memory = Path.of("/dev/shm");
    folder = Files.isWritable(memory)
        ? Files.createTempDirectory(memory, "device-walk-")
        : Files.createTempDirectory("device-walk-");
  }

  @AfterEach
  void removeFolder() throws IOException {
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void staysBootableAndTruthfulAndComesToRest() throws IOException {
    WalkExplorer explorer = new WalkExplorer(new DeviceWalk(folder));
    explorer.explore(DEPTH);
    report("depth " + DEPTH + ": " + explorer);
    List<Node> nodes = explorer.nodes();
    nodes.forEach(node -> OFFERS.forEach(offer -> explorer.comesToRest(node, offer)));
    report("all of them came to rest on each of " + OFFERS);
  }

  @Test
  void staysSoWhenTheOperatorCutsIn() throws IOException {
    DeviceWalk walk = new DeviceWalk(folder);
    WalkExplorer explorer = new WalkExplorer(walk);
    explorer.explore(1);
    int cutIns = 0;
    for (Node node : explorer.nodes()) {
      for (String action : walk.actions()) {
        for (Node end : explorer.interjections(node, action)) {
          OFFERS.forEach(offer -> explorer.comesToRest(end, offer));
          cutIns++;
        }
      }
    }
    report("the operator cut in " + cutIns + " times");
    assertThat(cutIns).isPositive();
  }

  @Test
  void findsThatImagesAreNotOnTheDiskBeforeTheyAreStaged() throws IOException {
    WalkExplorer explorer = new WalkExplorer(new DeviceWalk(folder).withoutSyncOfImages());

    assertThatThrownBy(() -> explorer.explore(6))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the target is whole in staged after")
        .hasMessageContaining("apply v2 (power cut)");
  }

  @Test
  void recordsWhatARealKillWouldLeave() throws IOException {
    DeviceWalk walk = new DeviceWalk(newFolder());
    WalkDisk disk = walk.disk();
    for (String action : GOOD_UPDATE) {
      DeviceWalk.Run run = walk.run(disk, action);
      for (int change = 1; change <= run.killed().size(); change++) {
        DeviceWalk mortal = new DeviceWalk(newFolder());
        assertThat(mortal.kill(disk, action, change).key())
            .as("%s, killed after change %d", action, change)
            .isEqualTo(run.killed().get(change - 1).key());
      }
      disk = run.end();
    }
    assertThat(disk.state().phase()).hasToString("success");
  }

  /** What an agent knows in memory of a folder dies with its process; here, with the folder. */
  private Path newFolder() throws IOException {
    return Files.createTempDirectory(folder, "device");
  }

  private void report(String what) {
    long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
    System.out.printf("device walk: %s (%d ms)%n", what, millis);
  }
}
