package io.kubesolo.update.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.agent.device.GrubBoots;
import io.kubesolo.update.agent.testkit.RealFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  /** Rounds that end with a boot of another version, or of the one before. */
  private static final List<String> ROUNDS =
      List.of(DeviceWalk.round("v2", true), DeviceWalk.round("v3", false));

  /** The number of different environment blocks that GRUB must have read in the ordinary tests. */
  private static final int BLOCKS = 24;

  private static final int LIVES = 8;
  private static final int LIVES_ON_REAL_FILES = 4;
  private static final int LENGTH_OF_LIFE = 40;

  private final long start = System.nanoTime();

  @TempDir
  Path dir;

  @Test
  void staysBootableAndTruthfulAndComesToRest() {
    WalkExplorer explorer = new WalkExplorer(new DeviceWalk());
    explorer.add(explorer.follow(GOOD_UPDATE));
    WalkStories.UNUSUAL.forEach(story -> explorer.add(explorer.follow(story)));
    explorer.explore();
    int longest = explorer.comeToRest();
    report("%s; the longest way to rest takes %d rounds".formatted(explorer, longest));
    assertThat(longest).isPositive();
  }

  @Test
  void staysSoWithAFleetLock() {
    WalkExplorer explorer = new WalkExplorer(new DeviceWalk().withFleetLock());
    explorer.add(explorer.follow(List.of(
        DeviceWalk.BOOT,
        DeviceWalk.round("v2", true, WalkFleetLock.Mode.REFUSES),
        DeviceWalk.round("v2", true, WalkFleetLock.Mode.MUTE),
        DeviceWalk.round("v2", true),
        DeviceWalk.round("v2", true, WalkFleetLock.Mode.REFUSES))));
    explorer.explore();
    int longest = explorer.comeToRest();
    report("with a fleet lock, %s; the longest way to rest takes %d rounds"
        .formatted(explorer, longest));
    assertThat(longest).isPositive();
  }

  @Test
  void keepsTheRulesIfTheOperatorInterferes() {
    WalkExplorer explorer = new WalkExplorer(new DeviceWalk());
    List<WalkState> ends = new ArrayList<>();
    for (WalkState state : explorer.follow(GOOD_UPDATE)) {
      for (String action : INTERRUPTED) {
        ends.addAll(explorer.interjections(state, action));
      }
    }
    assertThat(ends).isNotEmpty();
    explorer.add(ends);
    report("the operator cuts in, with %d different ends; the longest way to rest takes %d rounds"
        .formatted(explorer.size(), explorer.comeToRest()));
  }

  @Test
  void findsThatImagesAreNotOnTheDiskBeforeTheyAreStaged() {
    WalkExplorer explorer = new WalkExplorer(new DeviceWalk().withoutSyncOfImages());

    assertThatThrownBy(() -> explorer.follow(List.of(), GOOD_UPDATE))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the target is not whole in staged after")
        .hasMessageContaining("apply v2");
  }

  @Test
  void recordsWhatARealKillWouldLeave() {
    WalkState state = DeviceWalk.start();
    for (String action : GOOD_UPDATE) {
      DeviceWalk.Run run = new DeviceWalk().run(state, action);
      Set<WalkState> killed = new HashSet<>();
      int changes = new DeviceWalk().changes(state, action);
      for (int change = 1; change <= changes; change++) {
        killed.add(new DeviceWalk().kill(state, action, change));
      }
      assertThat(killed).as(action).isEqualTo(Set.copyOf(run.killed()));
      state = run.end();
    }
    assertThat(state.phase()).hasToString("success");
  }

  /**
   * Checks that only the state matters: on a device with the files that a random life has left,
   * each command does the same as on the device that a walk makes of its state.
   */
  @Test
  void aStateIsAllThatDecides() {
    DeviceWalk made = new DeviceWalk();
    livesOf((real, state, action, random) -> {
      Set<String> down = decisive(state, action, List.of(made.down(state)));
      Set<String> ends = new TreeSet<>();
      Set<String> killed = new TreeSet<>(Set.of(state.toString()));
      Set<String> cut = new TreeSet<>(down);
      for (String like : alike(action)) {
        DeviceWalk.Run run = made.run(state, like);
        ends.addAll(decisive(state, action, List.of(run.end())));
        killed.addAll(decisive(state, action, run.killed()));
        cut.addAll(decisive(state, action, run.cut()));
      }
      if (random.nextInt(3) == 0) {
        WalkState end = real.goOnAndKill(state, action, 1 + random.nextInt(8));
        assertThat(union(killed, ends))
            .as("%s: %s, killed", state, action)
            .containsAll(decisive(state, action, List.of(end)));
        return end;
      }
      DeviceWalk.Run run = real.goOn(state, action);
      assertThat(ends)
          .as("%s: %s", state, action)
          .containsAll(decisive(state, action, List.of(run.end())));
      assertThat(killed)
          .as("%s: %s, killed", state, action)
          .containsAll(decisive(state, action, run.killed()));
      assertThat(cut)
          .as("%s: %s, power cut", state, action)
          .containsAll(decisive(state, action, run.cut()));
      if (alike(action).size() == 1) {
        assertThat(union(decisive(state, action, run.killed()), Set.of(state.toString())))
            .as("%s: %s, all that kills leave", state, action)
            .isEqualTo(killed);
        assertThat(union(decisive(state, action, run.cut()), down))
            .as("%s: %s, all that power cuts leave", state, action)
            .isEqualTo(cut);
      }
      return run.end();
    });
  }

  /** Checks in random lives that the real files of a device change like its files in memory. */
  @Test
  void filesInMemoryAreLikeRealOnes() {
    Map<DeviceWalk, DeviceWalk> twins = new HashMap<>();
    livesOf(LIVES_ON_REAL_FILES, (inMemory, state, action, random) -> {
      DeviceWalk onDisk = twins.computeIfAbsent(inMemory, any -> onRealFiles());
      if (random.nextInt(4) == 0) {
        int change = 1 + random.nextInt(8);
        WalkState end = onDisk.goOnAndKill(state, action, change);
        assertThat(end)
            .as("%s: %s, killed", state, action)
            .isEqualTo(inMemory.goOnAndKill(state, action, change));
        return end;
      }
      DeviceWalk.Run run = onDisk.goOn(state, action);
      assertThat(run).as("%s: %s", state, action).isEqualTo(inMemory.goOn(state, action));
      return run.end();
    });
    assertThat(twins).hasSize(LIVES_ON_REAL_FILES);
  }

  private DeviceWalk onRealFiles() {
    try {
      Path device = Files.createTempDirectory(dir, "device").toRealPath();
      DeviceWalk walk = new DeviceWalk(new RealFiles(device), device.toString());
      walk.rewritten(DeviceWalk.start());
      return walk;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compares each boot of a few lives, killed or not, by GRUB and by the simulator. */
  @Test
  void grubBootsADeviceAsTheSimulatorDoes() {
    GrubBoots.assumePresent();
    GrubBoots grub = new GrubBoots(dir);
    DeviceWalk byGrub = new DeviceWalk().bootedBy(grub);
    DeviceWalk simulated = new DeviceWalk();
    WalkExplorer explorer = new WalkExplorer(simulated);
    Set<WalkState> states = new LinkedHashSet<>(explorer.follow(GOOD_UPDATE));
    WalkStories.UNUSUAL.forEach(story -> states.addAll(explorer.follow(story)));
    int boots = 0;
    for (WalkState state : states) {
      WalkState down = simulated.down(state);
      List<WalkState> cut = simulated.run(down, DeviceWalk.BOOT).cut();
      for (WalkState before : union(List.of(down), cut)) {
        for (String action : List.of(DeviceWalk.BOOT, DeviceWalk.FIVE_BOOTS)) {
          boots += compare(byGrub, simulated, before, action);
        }
      }
      for (String round : ROUNDS) {
        boots += compare(byGrub, simulated, simulated.end(down, DeviceWalk.BOOT), round);
      }
    }
    report("%d boots by GRUB with %d environment blocks".formatted(boots, grub.blocks()));
    assertThat(grub.blocks()).isGreaterThanOrEqualTo(BLOCKS);
  }

  private static int compare(
      DeviceWalk byGrub, DeviceWalk simulated, WalkState before, String action) {
    assertThat(byGrub.run(before, action))
        .as("%s: %s", before, action)
        .isEqualTo(simulated.run(before, action));
    return 1;
  }

  /** Returns an action, and others as which it may end if a download is there already. */
  private static List<String> alike(String action) {
    if (action.startsWith("apply v") && action.endsWith(", disk full")) {
      String plain = action.substring(0, "apply v1".length());
      return List.of(plain + ", disk full", plain + DeviceWalk.DOWNLOADED + ", disk full");
    }
    return action.endsWith(", cut") || action.endsWith(", damaged image")
        ? List.of(action, action.substring(0, "apply v1".length()))
        : List.of(action);
  }

  /** Returns states by what is not left open. */
  private static Set<String> decisive(WalkState before, String action, List<WalkState> states) {
    return states.stream()
        .map(state -> state.alternatives(before, action).get(0))
        .map(WalkState::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static <T> Set<T> union(Collection<T> some, Collection<T> more) {
    Set<T> all = new LinkedHashSet<>(some);
    all.addAll(more);
    return all;
  }

  @Test
  void aCommandBeginsWithWhatAllCommandsDoFirst() {
    DeviceWalk made = new DeviceWalk();
    livesOf((real, state, action, random) -> {
      if (DeviceWalk.reconciles(action) || action.startsWith(DeviceWalk.ROUND)) {
        WalkState begun = made.end(state, DeviceWalk.RECONCILE);
        assertThat(made.end(begun, action))
            .as("%s: %s", state, action)
            .isEqualTo(made.end(state, action));
      }
      return real.goOn(state, action).end();
    });
  }

  @Test
  void theNamesOfVersionsDecideNothing() {
    DeviceWalk made = new DeviceWalk();
    livesOf((real, state, action, random) -> {
      int[] names = WalkState.RENAMINGS.get(random.nextInt(WalkState.RENAMINGS.size()));
      assertThat(made.end(state.renamed(names), renamed(action, names)))
          .as("%s: %s", state, action)
          .isEqualTo(made.end(state, action).renamed(names));
      return real.goOn(state, action).end();
    });
  }

  private static String renamed(String action, int[] names) {
    String renamed = action;
    for (int version = 1; version <= WalkState.VERSIONS; version++) {
      if (action.contains("v" + version)) {
        renamed = action.replace("v" + version, "v" + names[version]);
      }
    }
    return renamed;
  }

  @Test
  void aStateIsWrittenAndReadUnchanged() {
    DeviceWalk made = new DeviceWalk();
    livesOf((real, state, action, random) -> {
      assertThat(WalkState.of(state.key())).isEqualTo(state);
      assertThat(made.rewritten(state)).isEqualTo(state);
      return real.goOn(state, action).end();
    });
  }

  /** One step of a random life, which returns the state after it. */
  private interface Step {
    WalkState run(DeviceWalk real, WalkState state, String action, Random random);
  }

  private static void livesOf(Step step) {
    livesOf(LIVES, step);
  }

  /** Runs random lives, which are the same in each run unless {@code -Dwalk.seed=} is set. */
  private static void livesOf(int lives, Step step) {
    long seed = Long.getLong("walk.seed", 1);
    for (int life = 0; life < lives; life++) {
      Random random = new Random(seed + life);
      DeviceWalk real = new DeviceWalk();
      WalkState state = real.rewritten(DeviceWalk.start());
      for (int i = 0; i < LENGTH_OF_LIFE; i++) {
        List<String> actions = new ArrayList<>(real.actions(state));
        if (state.booted()) {
          actions.addAll(real.rounds());
        }
        String action = actions.get(random.nextInt(actions.size()));
        try {
          state = step.run(real, state, action, random);
        } catch (AssertionError e) {
          throw new AssertionError("seed " + (seed + life) + ": " + e.getMessage(), e);
        }
      }
    }
  }

  private void report(String what) {
    long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
    System.out.printf("device walk: %s (%d ms)%n", what, millis);
  }
}
