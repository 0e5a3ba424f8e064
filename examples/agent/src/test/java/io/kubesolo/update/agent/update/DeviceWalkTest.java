package io.kubesolo.update.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.agent.update.WalkExplorer.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Walks through an update, and to where one more command leads at any time in it: commands of cron and
 * the operator, boots of every kind, damage, and full disks, each killed, or its power cut, after every
 * change that it makes to the disk; and through some unusual lives of a device. Always a slot boots and is
 * whole, the running one is never written to, no state claims a version that does not run, and from
 * everywhere an unattended device comes to rest on a version that works, whatever is offered and healthy.
 * {@link DeviceWalkIT} walks until nothing new appears.
 */
final class DeviceWalkTest {
  private static final List<String> GOOD_UPDATE = WalkStories.GOOD_UPDATE;

  /** Commands between whose changes an operator sends an event. */
  private static final List<String> INTERRUPTED =
      List.of("check v2", "apply v2", "activate", "healthcheck", "rollback");

  private final long start = System.nanoTime();
  private WalkFolder folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = new WalkFolder();
  }

  @AfterEach
  void removeFolder() throws IOException {
    folder.close();
  }

  @Test
  void staysBootableAndTruthfulAndComesToRest() throws IOException {
    WalkExplorer explorer = new WalkExplorer(new DeviceWalk(folder.path()));
    explorer.explore(explorer.follow(GOOD_UPDATE), 1);
    WalkStories.UNUSUAL.forEach(explorer::follow);
    int longest = explorer.comeToRest();
    report("%s; the longest way to rest takes %d rounds".formatted(explorer, longest));
    assertThat(longest).isPositive();
  }

  @Test
  void staysSoWhenTheOperatorCutsIn() throws IOException {
    WalkExplorer explorer = new WalkExplorer(new DeviceWalk(folder.path()));
    Set<Node> ends = new LinkedHashSet<>();
    for (Node node : explorer.follow(GOOD_UPDATE)) {
      for (String action : INTERRUPTED) {
        ends.addAll(explorer.interjections(node, action));
      }
    }
    assertThat(ends).isNotEmpty();
    report("the operator cuts in, with %d different ends; the longest way to rest takes %d rounds"
        .formatted(ends.size(), explorer.comeToRest()));
  }

  @Test
  void findsThatImagesAreNotOnTheDiskBeforeTheyAreStaged() throws IOException {
    WalkExplorer explorer = new WalkExplorer(new DeviceWalk(folder.path()).withoutSyncOfImages());

    assertThatThrownBy(() -> explorer.follow(List.of(), GOOD_UPDATE))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the target is not whole in staged after")
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
    return Files.createTempDirectory(folder.path(), "device");
  }

  private void report(String what) {
    long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
    System.out.printf("device walk: %s (%d ms)%n", what, millis);
  }
}
