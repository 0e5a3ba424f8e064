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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fleet of devices updates itself under one fleet lock, which all of them ask for at once. Some agents
 * are killed while they hold it, and are started again.
 *
 * <p>The rounds of an agent are run in this process, but those in which it is killed: a process takes
 * half a second of a processor. So the server first refuses the lock that such a device is to be killed
 * with, and grants it to the process that asks for it next.
 */
@Tag("prove")
@Timeout(300)
final class FleetRebootIT {
  private static final int DEVICES = 200;
  private static final int AT_ONCE = 3;
  /** How long a device waits at most after a round that did not get the lock. */
  private static final int PAUSE_MILLIS = 10_000;

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

  private final Map<String, Member> members = new LinkedHashMap<>();
  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();

  @Test
  void neverMoreDevicesRebootIntoATargetAtOnceThanTheLockAllows() throws Exception {
    ExecutorService power = Executors.newFixedThreadPool(DEVICES + 1);
    try (FleetServer fleet = new FleetServer(AT_ONCE)) {
      fleet.onRequest(id -> {
        asked.add(id);
        killAtTheGrant(fleet, id);
        compare(fleet);
      });
      fleet.reserveFor(id -> Objects.requireNonNull(members.get(id)).isToBeKilled());
      for (int number = 0; number < DEVICES; number++) {
        Member member = new Member(folder, fleet, number);
        members.put(member.id, member);
      }
      // No device gets a lock before each of them has asked for it.
      List<String> others = List.of("other-1", "other-2", "other-3");
      others.forEach(fleet::hold);
      List<Callable<Void>> lives = new ArrayList<>();
      members
          .values()
          .forEach(member -> lives.add(() -> {
            member.live(fleet);
            return null;
          }));
      lives.add(() -> {
        while (asked.size() < DEVICES) {
          Thread.sleep(100);
        }
        fleet.forget();
        return null;
      });

      for (Future<Void> life : power.invokeAll(lives)) {
        life.get();
      }

      System.out.printf("%d devices asked %d times%n", DEVICES, fleet.requests().size());
      assertThat(violations).isEmpty();
      assertThat(fleet.mostHolders()).isEqualTo(AT_ONCE);
      assertThat(fleet.holders()).isEmpty();
      assertThat(members.values()).hasSize(DEVICES).allSatisfy(Member::assertAtItsEnd);
    } finally {
      power.shutdownNow();
      for (Member member : members.values()) {
        member.close();
      }
    }
  }

  private void killAtTheGrant(FleetServer fleet, String id) {
    Member member = Objects.requireNonNull(members.get(id));
    if (member.injected == InjectedFailure.KILLED_AT_THE_GRANT
        && fleet.holders().contains(id)) {
      member.kill();
    }
  }

  /**
   * Checks that each device that is rebooting into the update holds the lock. No lock is acquired
   * or released meanwhile.
   */
  private void compare(FleetServer fleet) {
    Set<String> holders = fleet.holders();
    members.forEach((id, member) -> {
      if (!holders.contains(id) && member.isOnItsWay()) {
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
    private final AtomicInteger kills = new AtomicInteger();
    private String seen = "";
    private boolean wasOnItsWay;

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
        int code = isToBeKilled() && fleet.isReservedFor(id) ? runProcess() : runHere();
        assertThat(code).as(id).isIn(ExitCode.OK, ExitCode.REBOOT, KILLED);
        if (code == ExitCode.REBOOT) {
          assertThat(fleet.holders()).contains(id);
          device.done("boot");
        } else if (!fleet.isReservedFor(id)) {
          Thread.sleep(ThreadLocalRandom.current().nextInt(PAUSE_MILLIS));
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
      if (code == KILLED) {
        kills.incrementAndGet();
      }
      return code;
    }

    private synchronized void setProcess(Process started) {
      process = Optional.of(started);
    }

    synchronized void kill() {
      process.ifPresent(running -> running.destroyForcibly().onExit().join());
    }

    boolean isToBeKilled() {
      return injected.isKill() && kills.get() == 0;
    }

    /** Returns whether the device is to reboot into v2, or has, and v2 is not confirmed. */
    boolean isOnItsWay() {
      String now = stateFile();
      if (!now.equals(seen)) {
        seen = now;
        wasOnItsWay = switch (device.phase()) {
          case ACTIVATED, VERIFYING -> true;
          default -> false;
        };
      }
      return wasOnItsWay;
    }

    /** Returns what tells one state file from the next, which replaces it. */
    private String stateFile() {
      try {
        Path file = device.dir.resolve("state.json");
        return Files.getAttribute(file, "unix:ino") + " " + Files.getAttribute(file, "unix:ctime");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
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
      assertThat(kills).as("%s: %s", id, injected).hasValue(injected.isKill() ? 1 : 0);
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
