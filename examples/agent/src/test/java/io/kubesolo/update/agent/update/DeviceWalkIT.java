package io.kubesolo.update.agent.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Walks a device breadth-first until no new state appears or {@code -Dwalk.minutes=} are over, and lets
 * it come to rest from each state; prints how far it came.
 */
@Tag("walk")
final class DeviceWalkIT {
  private static final long MINUTES = Long.getLong("walk.minutes", 10);

  @Test
  void anUnattendedDeviceComesToRest() throws IOException {
    walk("unattended", DeviceWalk::unattended);
  }

  @Test
  void aDeviceWithAnOperatorComesToRest() throws IOException {
    walk("with an operator", UnaryOperator.identity());
  }

  private static void walk(String name, UnaryOperator<DeviceWalk> kind) throws IOException {
    try (WalkFolder folder = new WalkFolder()) {
      WalkExplorer explorer = new WalkExplorer(kind.apply(new DeviceWalk(folder.path())));
      long start = System.nanoTime();
      int left = explorer.exploreWhile(inTime(start));
      report(name, "%s, %d of them not gone on from".formatted(explorer, left), start);
      int longest = explorer.comeToRest();
      report(name, "the longest way to rest takes %d rounds".formatted(longest), start);
      assertThat(longest).isPositive();
    }
  }

  private static void report(String name, String what, long start) {
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    System.out.printf("device walk, %s: %s (%d s)%n", name, what, took.toSeconds());
  }

  private static BooleanSupplier inTime(long start) {
    long limit = Duration.ofMinutes(MINUTES).toNanos();
    return () -> System.nanoTime() - start < limit;
  }
}
