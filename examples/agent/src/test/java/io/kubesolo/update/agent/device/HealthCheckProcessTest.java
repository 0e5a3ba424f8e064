package io.kubesolo.update.agent.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.io.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class HealthCheckProcessTest {
  @TempDir
  Path dir;

  @Test
  void isHealthyByExitCodeAlone() throws Exception {
    assertThat(check(10, "sh", "-c", "echo warning >&2")).isEqualTo(HealthResult.HEALTHY);
  }

  @Test
  void reportsTheExitCodeAndTheLastLine() throws Exception {
    assertThat(check(10, "sh", "-c", "echo first; echo 'no route' >&2; echo; exit 3"))
        .isEqualTo(HealthResult.unhealthy("health check failed: exit code 3: no route"));
    assertThat(check(10, "sh", "-c", "exit 3"))
        .isEqualTo(HealthResult.unhealthy("health check failed: exit code 3"));
  }

  @Test
  void givesTheCommandNoInput() throws Exception {
    assertThat(check(10, "cat")).isEqualTo(HealthResult.HEALTHY);
  }

  @Test
  void reportsThatTheCommandCannotBeStarted() throws Exception {
    HealthResult result = check(10, "/nowhere/check");

    assertThat(result.outcome()).isEqualTo(HealthResult.Outcome.UNDETERMINED);
    assertThat(result.problem())
        .startsWith("health check cannot be started: ")
        .contains("/nowhere/check")
        .contains("No such file");
  }

  @Test
  void decidesNothingIfAShellCannotStartTheCommand() throws Exception {
    assertThat(check(10, "sh", "-c", "./missing.sh").outcome())
        .isEqualTo(HealthResult.Outcome.UNDETERMINED);
    assertThat(check(10, "sh", "-c", "echo not found; exit 127"))
        .isEqualTo(HealthResult.undetermined("health check cannot be started: not found"));
    assertThat(check(10, "sh", "-c", "exit 126"))
        .isEqualTo(HealthResult.undetermined("health check cannot be started"));
  }

  @Test
  void decidesNothingWithoutACommand() throws Exception {
    Path file = Files.writeString(dir.resolve("device.json"), "{\"health_check\":\"true\"}");

    assertThat(new HealthCheckProcess().check(Device.open(dir), Slot.B, Optional.empty()))
        .isEqualTo(HealthResult.undetermined("health check cannot be started: " + file
            + ": \"health_check\" is not a list of texts"));
  }

  @Test
  void runsInTheDirectoryOfTheDevice() throws Exception {
    Path script = Files.writeString(dir.resolve("check.sh"), "#!/bin/sh\npwd; exit 1\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(check(10, "./check.sh"))
        .isEqualTo(HealthResult.unhealthy("health check failed: exit code 1: " + dir));
  }

  @Test
  void knowsWhatRuns() throws Exception {
    assertThat(check(10, "sh", "-c", "echo $UPDATE_SLOT $UPDATE_VERSION $UPDATE_DEVICE; exit 1"))
        .isEqualTo(HealthResult.unhealthy("health check failed: exit code 1: b v2 " + dir));
  }

  @Test
  void decidesNothingIfItIsTerminated() throws Exception {
    assertThat(check(10, "sh", "-c", "echo waits; kill -TERM $$"))
        .isEqualTo(HealthResult.undetermined("health check was ended by SIGTERM: waits"));
    assertThat(check(10, "sh", "-c", "kill -KILL $$"))
        .isEqualTo(HealthResult.unhealthy("health check failed: exit code 137"));
  }

  @Test
  void isNotHeldUpByOutputWithoutEnd() throws Exception {
    assertThat(check(1, "sh", "-c", "while :; do printf xxxxxxxxxxxxxxxxxxxx; done")
            .problem())
        .startsWith("health check failed: no answer within 1s: xxxx")
        .hasSizeLessThan(400);
  }

  @Test
  void isNotHeldUpByAProcessThatAHealthyCommandLeft() throws Exception {
    long start = System.nanoTime();

    assertThat(check(20, "sh", "-c", "sleep 5 & exit 0")).isEqualTo(HealthResult.HEALTHY);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void killsAtTheTimeoutAllThatItStarted() throws Exception {
    assertThat(check(1, "sh", "-c", "echo started; " + sleepers()))
        .isEqualTo(HealthResult.unhealthy("health check failed: no answer within 1s: started"));

    assertThat(Files.readAllLines(pids()))
        .hasSizeGreaterThanOrEqualTo(4)
        .noneMatch(pid -> runs(pid));
  }

  @Test
  void killsWhatAnUnhealthyCommandLeft() throws Exception {
    assertThat(check(20, "sh", "-c", leaving("echo sick; exit 1")))
        .isEqualTo(HealthResult.unhealthy("health check failed: exit code 1: sick"));
    assertThat(check(20, "sh", "-c", leaving("exit 127")).outcome())
        .isEqualTo(HealthResult.Outcome.UNDETERMINED);

    assertThat(Files.readAllLines(pids())).hasSize(2).noneMatch(pid -> runs(pid));
  }

  @Test
  void leavesAloneWhatAHealthyCommandLeft() throws Exception {
    assertThat(check(20, "sh", "-c", leaving("exit 0"))).isEqualTo(HealthResult.HEALTHY);

    String pid = Files.readString(pids()).strip();
    assertThat(runs(pid)).isTrue();
    ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** Returns a script that leaves a process of its own. */
  private String leaving(String end) {
    return "setsid sleep 600 >/dev/null 2>&1 & echo $! >> %s; %s".formatted(pids(), end);
  }

  @Test
  void killsAllThatItStartedIfTheAgentIsTerminated() throws Exception {
    endsWithAllThatItStarted(sleepers());
  }

  @Test
  void killsWhatATryLeftIfTheAgentIsTerminatedInTheNextOne() throws Exception {
    endsWithAllThatItStarted(
        "[ -e %1$s ] || { %2$s; }; %3$s".formatted(pids(), leaving("exit 1"), sleepers()));
  }

  private void endsWithAllThatItStarted(String script) throws Exception {
    configure(600, "sh", "-c", script);
    Path out = dir.resolve("out");
    Process agent = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Agent.class.getName(),
            dir.toString())
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
    try {
      while (!Files.exists(pids()) || Files.readAllLines(pids()).size() < 4) {
        assertThat(agent.isAlive()).isTrue();
        Thread.sleep(10);
      }

      agent.destroy();

      assertThat(agent.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(agent.exitValue()).isEqualTo(143);
      assertThat(Files.readAllLines(pids())).noneMatch(pid -> runs(pid));
      assertThat(Files.readAllLines(out))
          .as("what follows from a check that was killed")
          .allMatch(line -> line.contains("(try 1 of 3"));
    } finally {
      agent.destroyForcibly();
    }
  }

  /** Runs the health check of a device directory, and prints its result. */
  static final class Agent {
    private Agent() {}

    public static void main(String[] arguments) throws Exception {
      Device device = Device.open(Path.of(arguments[0]));
      System.out.println(new HealthCheck(new HealthCheckProcess(), pause -> {})
          .run(device, Slot.A, Optional.empty(), System.out::println));
    }
  }

  private Path pids() {
    return dir.resolve("pids");
  }

  /** Returns a script that starts processes, one of which leaves its parent, and waits. */
  private String sleepers() {
    return ("echo $$ >> %1$s; sleep 600 & echo $! >> %1$s;"
            + " (setsid sleep 600 & echo $! >> %1$s; sh -c 'sleep 600 & echo $! >> %1$s; wait')")
        .formatted(pids());
  }

  /** Returns whether a process runs; a zombie does not. */
  private static boolean runs(String pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", pid, "status"))) {
      return lines.noneMatch(line -> line.startsWith("State:") && line.contains("Z"));
    } catch (IOException e) {
      return false;
    }
  }

  private HealthResult check(int seconds, String... command) throws Exception {
    configure(seconds, command);
    return new HealthCheckProcess().check(Device.open(dir), Slot.B, Optional.of("v2"));
  }

  private void configure(int seconds, String... command) throws IOException {
    Files.writeString(
        dir.resolve("device.json"),
        JsonObject.write(Map.of(
            "server",
            "http://127.0.0.1/",
            "health_check",
            List.of(command),
            "health_timeout_s",
            seconds)));
  }
}
