package io.kubesolo.update.agent.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class HealthCheckProcessTest {
  @TempDir
  Path dir;

  @Test
  void isHealthyByExitCodeAlone() {
    assertThat(check(10, "sh", "-c", "echo trouble >&2")).isEmpty();
  }

  @Test
  void tellsTheExitCodeAndTheLastLine() {
    assertThat(check(10, "sh", "-c", "echo first; echo 'no route' >&2; echo; exit 3"))
        .contains("health check failed: exit code 3: no route");
    assertThat(check(10, "sh", "-c", "exit 3")).contains("health check failed: exit code 3");
  }

  @Test
  void tellsThatTheCommandCannotBeStarted() {
    assertThat(check(10, "/nowhere/check").get())
        .startsWith("health check cannot be started: ")
        .contains("/nowhere/check")
        .contains("No such file");
  }

  @Test
  void knowsWhatRuns() {
    assertThat(check(10, "sh", "-c", "echo $UPDATE_SLOT $UPDATE_VERSION $UPDATE_DEVICE; exit 1"))
        .contains("health check failed: exit code 1: b v2 " + dir);
  }

  @Test
  void isNotHeldUpByOutputWithoutEnd() {
    assertThat(check(1, "sh", "-c", "while :; do printf xxxxxxxxxxxxxxxxxxxx; done")
            .get())
        .startsWith("health check failed: no answer within 1 s: xxxx")
        .hasSizeLessThan(400);
  }

  @Test
  void isNotHeldUpByAProcessThatAHealthyCommandLeft() {
    long start = System.nanoTime();

    assertThat(check(20, "sh", "-c", "sleep 5 & exit 0")).isEmpty();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void killsAtTheTimeoutAllThatItStarted() throws IOException {
    Path pids = dir.resolve("pids");
    String sleepers = "echo $$ >> %1$s; sleep 600 & echo $! >> %1$s;"
        + " (setsid sleep 600 & echo $! >> %1$s; sh -c 'sleep 600 & echo $! >> %1$s; wait')";

    assertThat(check(1, "sh", "-c", "echo started; " + sleepers.formatted(pids)))
        .contains("health check failed: no answer within 1 s: started");

    assertThat(Files.readAllLines(pids)).hasSizeGreaterThanOrEqualTo(4).noneMatch(pid -> runs(pid));
  }

  /** A process that is dead and whose parent has not asked for it yet does not run. */
  private static boolean runs(String pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", pid, "status"))) {
      return lines.noneMatch(line -> line.startsWith("State:") && line.contains("Z"));
    } catch (IOException e) {
      return false;
    }
  }

  private Optional<String> check(int seconds, String... command) {
    DeviceConfig config = new DeviceConfig(
        URI.create("http://127.0.0.1/"),
        List.of(command),
        Duration.ofSeconds(seconds),
        Duration.ofSeconds(1),
        3,
        Optional.empty(),
        Optional.empty());
    return new HealthCheckProcess().problem(new Device(dir, config), Slot.B, "v2");
  }
}
