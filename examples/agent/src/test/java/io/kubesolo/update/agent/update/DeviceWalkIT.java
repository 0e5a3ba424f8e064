package io.kubesolo.update.agent.update;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.device.GrubBoots;
import io.kubesolo.update.agent.io.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Walks an unattended device breadth-first until no new state appears, and each other kind of device until
 * then or until {@code -Dwalk.minutes=} are over, and lets it come to rest from each state; prints a line a minute. With {@code
 * -Dwalk.boot=grub} GRUB itself is the boot loader.
 */
@Tag("walk")
final class DeviceWalkIT {
  private static final long NO_LIMIT = 0;

  /** The time for which those kinds are walked that have too many states for an ordinary run. */
  private static final long MINUTES = Long.getLong("walk.minutes", NO_LIMIT);

  private static final int THREADS =
      Integer.getInteger("walk.threads", Runtime.getRuntime().availableProcessors());

  private static final boolean BOOTS_BY_GRUB = "grub".equals(System.getProperty("walk.boot"));

  @TempDir
  Path dir;

  private final long start = System.nanoTime();
  private long reported;

  @Test
  void anUnattendedDeviceComesToRest() {
    walk("unattended", NO_LIMIT, DeviceWalk::unattended);
  }

  @Test
  void anUnattendedDeviceWithAFleetLockComesToRest() {
    walk("unattended, with a fleet lock", MINUTES, walk -> walk.unattended().withFleetLock());
  }

  @Test
  void anUnattendedDeviceWithDamageComesToRest() {
    walk("unattended, with damage", MINUTES, DeviceWalk::unattendedWithDamage);
  }

  @Test
  void aDeviceWithAnOperatorComesToRest() {
    walk("with an operator", MINUTES, UnaryOperator.identity());
  }

  /** Goes on from random states of an unattended device, for five minutes or {@code walk.minutes}, with each fault that stays. */
  @Test
  void aDeviceWithALastingFaultStopsRebooting() throws Failure {
    WalkExplorer explorer = explorer(walk -> walk.unattended());
    explorer.add(List.of(DeviceWalk.start()));
    explorer.close(() -> true);
    long seed = Long.getLong("walk.seed", System.nanoTime());
    System.out.printf("device walk, with lasting faults: -Dwalk.seed=%d%n", seed);
    Random random = new Random(seed);
    LastingFaults faults = new LastingFaults(seed);
    long minutes = MINUTES == NO_LIMIT ? 5 : MINUTES;
    while (seconds() < Duration.ofMinutes(minutes).toSeconds()) {
      WalkState state = explorer.state(random.nextInt(explorer.size()));
      if (state.booted()) {
        faults.liveOn(state);
      }
    }
    System.out.printf(
        "device walk, with lasting faults: %d lives (%d s)%n", faults.lives(), seconds());
    assertThat(faults.lives()).isPositive();
  }

  private void walk(String name, long minutes, UnaryOperator<DeviceWalk> kind) {
    Optional<GrubBoots> grub = grub();
    WalkExplorer explorer = explorer(walk -> {
      DeviceWalk made = kind.apply(walk);
      return grub.map(made::bootedBy).orElse(made);
    });
    explorer.add(List.of(DeviceWalk.start()));
    explorer.close(goesOn(name, minutes, explorer));
    report(name, explorer);
    if (minutes == NO_LIMIT) {
      assertThat(explorer.left()).as("states that were not explored").isZero();
      assertThat(explorer.statesOfRounds())
          .as("states that only rounds lead to")
          .isZero();
    }
    int longest = explorer.comeToRest();
    System.out.printf(
        "device walk, %s: %s; the longest way to rest takes %d rounds (%d s)%n",
        name, explorer.left() == 0 ? "closed" : "not closed", longest, seconds());
    assertThat(longest).isPositive();
    grub.ifPresent(boots -> {
      System.out.printf(
          "device walk, %s: GRUB booted %d environment blocks%n", name, boots.blocks());
      assertThat(boots.blocks()).isPositive();
    });
  }

  private static WalkExplorer explorer(UnaryOperator<DeviceWalk> kind) {
    return new WalkExplorer(Stream.generate(() -> kind.apply(new DeviceWalk()))
        .limit(THREADS)
        .toArray(DeviceWalk[]::new));
  }

  private Optional<GrubBoots> grub() {
    if (BOOTS_BY_GRUB) {
      GrubBoots.assumePresent();
      return Optional.of(new GrubBoots(dir));
    }
    return Optional.empty();
  }

  private BooleanSupplier goesOn(String name, long minutes, WalkExplorer explorer) {
    return () -> {
      if (seconds() - reported >= Duration.ofMinutes(1).toSeconds()) {
        reported = seconds();
        report(name, explorer);
      }
      return minutes == NO_LIMIT || seconds() < Duration.ofMinutes(minutes).toSeconds();
    };
  }

  private void report(String name, WalkExplorer explorer) {
    System.out.printf(
        "device walk, %s: %s, %d of them not explored (%d s)%n",
        name, explorer, explorer.left(), seconds());
  }

  private long seconds() {
    return Duration.ofNanos(System.nanoTime() - start).toSeconds();
  }
}
