package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.device.FleetLockNote;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.testkit.AgentProcess;
import io.kubesolo.update.agent.testkit.FleetServer;
import io.kubesolo.update.agent.testkit.RawServer;
import io.kubesolo.update.agent.testkit.TestDevice;
import io.kubesolo.update.core.Phase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fleet of devices updates itself under one fleet lock. Some agents are killed while they hold it,
 * and are started again.
 */
@Tag("prove")
@Timeout(300)
final class FleetRebootIT {
  private static final int DEVICES = 200;
  private static final int AT_ONCE = 3;
  /** How many devices are switched on at a time; only some of them may reboot. */
  private static final int SWITCHED_ON = 6;
  /** How long a device waits after a round that did not get the lock. */
  private static final long PAUSE_MILLIS = 200;

  private static final int KILLED = 137;

  /**
   * The failures that are injected into the update of a device; each of them into one device of
   * ten.
   */
  private enum InjectedFailure {
    /** The agent is killed when the server has granted the lock, before the answer arrives. */
    KILLED_AT_THE_GRANT,
    /** The agent is killed by the command that reboots the device. */
    KILLED_AT_THE_REBOOT,
    /** The agent is killed by the health check of the new version. */
    KILLED_IN_THE_HEALTH_CHECK,
    /** The new version fails its health check. */
    UNHEALTHY,
    NONE;

    static InjectedFailure of(int number) {
      return values()[Math.min(number % 10, values().length - 1)];
    }

    boolean isKill() {
      return this != UNHEALTHY && this != NONE;
    }
  }

  @TempDir
  Path folder;

  private final Map<String, Member> switchedOn = new ConcurrentHashMap<>();
  private final Queue<Member> ended = new ConcurrentLinkedQueue<>();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();

  @Test
  void neverMoreDevicesRebootIntoATargetAtOnceThanTheLockAllows() throws Exception {
    ExecutorService power = Executors.newFixedThreadPool(SWITCHED_ON);
    try (FleetServer fleet = new FleetServer(AT_ONCE)) {
      fleet.onRequest(id -> {
        killAtTheGrant(fleet, id);
        compare(fleet);
      });
      List<Callable<Void>> lives = new ArrayList<>();
      for (int i = 0; i < DEVICES; i++) {
        int number = i;
        lives.add(() -> {
          try (Member member = new Member(folder, fleet, number)) {
            switchedOn.put(member.id, member);
            member.live(fleet);
            switchedOn.remove(member.id);
            ended.add(member);
          }
          return null;
        });
      }

      for (Future<Void> life : power.invokeAll(lives)) {
        life.get();
      }

      assertThat(violations).isEmpty();
      assertThat(fleet.mostHolders()).isEqualTo(AT_ONCE);
      assertThat(fleet.holders()).isEmpty();
      assertThat(ended).hasSize(DEVICES).allSatisfy(Member::assertAtItsEnd);
    } finally {
      power.shutdownNow();
    }
  }

  private void killAtTheGrant(FleetServer fleet, String id) {
    Member member = switchedOn.get(id);
    if (member != null
        && member.injected == InjectedFailure.KILLED_AT_THE_GRANT
        && fleet.holders().contains(id)) {
      member.kill();
    }
  }

  /**
   * Checks that each device that is rebooting into the update holds the lock. No lock is acquired
   * or released meanwhile.
   */
  private void compare(FleetServer fleet) {
    switchedOn.forEach((id, member) -> {
      if (member.isOnItsWay() && !fleet.holders().contains(id)) {
        violations.add(id + " is on its way into v2 and does not hold the lock");
      }
    });
  }

  /** A device of the fleet. */
  private static final class Member implements AutoCloseable {
    private final String id;
    private final InjectedFailure injected;
    private final RawServer server = new RawServer();
    private final TestDevice device;
    private Optional<Process> process = Optional.empty();
    private int kills;

    Member(Path folder, FleetServer fleet, int number) throws IOException {
      id = "device-" + number;
      injected = InjectedFailure.of(number);
      device = new TestDevice(folder.resolve(id), server.address());
      device.offer(server, "v2");
      device.configure("fetch_timeout_s", 60);
      device.configure("health_timeout_s", 60);
      device.configure(
          "activation",
          Map.of("fleet_lock", Map.of("url", fleet.url(), "group", "edge", "id", id)));
      String killOnce =
          "[ -e %1$s ] || { touch %1$s; kill -9 $PPID; }".formatted(folder.resolve(id + ".killed"));
      String onV2 = "[ $UPDATE_VERSION != v2 ] || ";
      switch (injected) {
        case KILLED_AT_THE_REBOOT -> device.configure("reboot", List.of("sh", "-c", killOnce));
        case KILLED_IN_THE_HEALTH_CHECK ->
          device.configure("health_check", List.of("sh", "-c", onV2 + killOnce));
        case UNHEALTHY -> device.configure("health_check", List.of("sh", "-c", onV2 + "false"));
        default -> {}
      }
    }

    /** Does rounds, and reboots when one is needed, until the update has ended. */
    void live(FleetServer fleet) throws Exception {
      while (!isAtItsEnd()) {
        int code = injected.isKill() && kills == 0 ? runProcess() : runHere();
        assertThat(code).as(id).isIn(ExitCode.OK, ExitCode.REBOOT, KILLED);
        if (code == ExitCode.REBOOT) {
          assertThat(fleet.holders()).contains(id);
          device.done("boot");
        } else if (code == ExitCode.OK) {
          Thread.sleep(PAUSE_MILLIS);
        }
      }
    }

    private int runHere() {
      return device.run("run", "--reboot-exit-code").code();
    }

    private int runProcess() throws Exception {
      List<String> command = new ArrayList<>(AgentProcess.java(
          "-jar", Path.of("target", "update-agent.jar").toAbsolutePath().toString()));
      command.addAll(List.of("--device", device.dir.toString(), "run", "--reboot-exit-code"));
      Process started = new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(Path.of(device.dir + ".out").toFile())
          .start();
      setProcess(started);
      int code = started.waitFor();
      kills += code == KILLED ? 1 : 0;
      return code;
    }

    private synchronized void setProcess(Process started) {
      process = Optional.of(started);
    }

    synchronized void kill() {
      process.ifPresent(running -> running.destroyForcibly().onExit().join());
    }

    /** Returns whether the device is to reboot into v2, or has, and v2 is not confirmed. */
    boolean isOnItsWay() {
      return switch (device.phase()) {
        case ACTIVATED, VERIFYING -> true;
        default -> false;
      };
    }

    private boolean isAtItsEnd() throws Exception {
      return device.phase() == end()
          && device.running().slot() == slot()
          && device.env().good()
          && !new FleetLockNote(device.dir, Optional.empty()).mayBeHeld();
    }

    private Phase end() {
      return injected == InjectedFailure.UNHEALTHY ? Phase.ROLLED_BACK : Phase.SUCCESS;
    }

    private Slot slot() {
      return injected == InjectedFailure.UNHEALTHY ? Slot.A : Slot.B;
    }

    void assertAtItsEnd() {
      assertThat(device.phase()).as(id).isEqualTo(end());
      assertThat(kills).as("%s: %s", id, injected).isEqualTo(injected.isKill() ? 1 : 0);
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
