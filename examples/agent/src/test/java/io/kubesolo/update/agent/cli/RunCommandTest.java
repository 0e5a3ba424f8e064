package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.device.ActivationGate;
import io.kubesolo.update.agent.device.ActivationPolicy.FleetLock;
import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.FleetLockNote;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.DeviceWithServer;
import io.kubesolo.update.agent.testkit.FleetServer;
import io.kubesolo.update.agent.testkit.RawServer;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.persist.ProcessLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rounds of an unattended device. */
@Timeout(60)
final class RunCommandTest extends DeviceWithServer {
  private FleetServer fleet;

  @BeforeEach
  void startFleetServer() throws IOException {
    fleet = new FleetServer(1);
  }

  @AfterEach
  void closeFleetServer() throws IOException {
    fleet.close();
  }

  @Test
  void takesAnUpdateFromTheOfferToSuccess() throws Exception {
    CommandLineRun.Result first = device.run("run", "--reboot-exit-code");
    assertThat(first.code()).isEqualTo(ExitCode.REBOOT);
    assertThat(first.out()).contains("v2 is staged in slot b").contains("slot b boots next");
    assertThat(device.phase()).isEqualTo(Phase.ACTIVATED);
    device.done("boot");

    CommandLineRun.Result second = device.run("run", "--reboot-exit-code");

    assertThat(second.code()).as("%s", second).isZero();
    assertThat(device.phase()).isEqualTo(Phase.SUCCESS);
    assertThat(device.env()).matches(env -> env.active() == Slot.B && env.good());
  }

  @Test
  void rebootsByTheCommandOfTheDevice() throws Exception {
    Path rebooted = dir.resolve("rebooted");
    device.configure("reboot", List.of("touch", rebooted.toString()));

    assertThat(device.done("run").out()).contains("the device reboots");

    assertThat(rebooted).exists();
    device.done("boot");
    Files.delete(rebooted);
    device.done("run");
    assertThat(rebooted).doesNotExist();
  }

  @Test
  void saysThatTheRebootCommandFailed() throws Exception {
    device.configure("reboot", List.of("sh", "-c", "echo not allowed; exit 3"));

    CommandLineRun.Result result = device.run("run");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(result.err())
        .contains("reboot: the reboot command failed: exit code 3: not allowed");
  }

  @Test
  void doesNotRebootAgainIfTheBootLoaderIgnoresTheBootEnvironment() throws Exception {
    device.done("apply");
    device.done("activate");
    device.done("boot");
    device.healthy(false);
    device.configure("reboot", List.of("true"));
    assertThat(device.run("run").out()).contains("the device reboots");
    assertThat(device.run("run").out()).contains("the device reboots");

    device.boots(Slot.B);
    CommandLineRun.Result result = device.run("run", "--reboot-exit-code");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(result.out()).doesNotContain("the device reboots");
    assertThat(result.err())
        .contains(
            "reboot: " + device.dir.resolve("grubenv") + ": the boot loader did not change it");
  }

  /** The boot environment may be the same as before an earlier reboot, of which the agent made good use. */
  @Test
  void rebootsFromTheSameBootEnvironmentAfterAHealthyBoot() throws Exception {
    device.done("run");
    device.done("boot");
    device.done("run");
    device.done("boot");
    device.healthy(false);
    assertThat(device.run("run", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);
    byte[] before = device.env().toBytes();
    device.done("boot");
    device.healthy(true);
    device.done("healthcheck");
    device.done("boot");
    device.healthy(false);
    assertThat(device.env().toBytes()).isEqualTo(before);

    assertThat(device.run("run", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);
  }

  /** The image lies in the other slot, but it was never started, and is no longer wanted. */
  @Test
  void doesNotRebootIntoAWithdrawnVersionAgainstThePolicy() throws Exception {
    device.configure("activation", Map.of("windows", List.of()));
    device.done("run");
    device.offer(server, "v1");
    device.done("run");
    assertThat(device.phase()).isEqualTo(Phase.IDLE);
    device.done("boot");
    device.healthy(false);

    CommandLineRun.Result round = device.run("run", "--reboot-exit-code");

    assertThat(round.code()).isNotEqualTo(ExitCode.REBOOT);
    assertThat(round.out()).contains("the device is not rebooted now");
  }

  @Test
  void continuesAfterAFailureInOneStep() throws Exception {
    device.configure("health_check", List.of("/nowhere/check"));

    CommandLineRun.Result result = device.run("run", "--reboot-exit-code");

    assertThat(result.err()).contains("healthcheck: health check cannot be started");
    assertThat(device.phase()).isEqualTo(Phase.ACTIVATED);
    assertThat(result.code()).isEqualTo(ExitCode.REBOOT);
  }

  @Test
  void reportsAFailureOfTheServer() {
    server.on("manifest.json", RawServer.status("503 Service Unavailable"));

    CommandLineRun.Result result = device.run("run");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(result.out()).contains("v1 is healthy");
    assertThat(result.err()).contains("apply: ").contains("503");
  }

  @Test
  void returnsTheExitCodeOfAFailingStateFile() throws Exception {
    device.configure("on_invalid_state", "stop");
    device.done("boot");
    Files.writeString(device.dir.resolve("state.json"), "{");

    assertThat(device.run("run", "--reboot-exit-code").code()).isEqualTo(ExitCode.UNREADABLE);

    assertThat(device.env().good()).isTrue();
  }

  /** Puts a target on trial, whose check cannot be started, until any short deadline is over. */
  private void stayOnTrialForLong() throws Exception {
    device.done("apply");
    device.done("activate");
    device.done("boot");
    device.configure("health_check", List.of("/nowhere/check"));
    device.configure("health_timeout_s", 1);
    device.configure("health_tries", 1);
    assertThat(device.run("healthcheck").code()).isEqualTo(ExitCode.OTHER);
    device.hasBeenUpSinceTheHostStarted();
  }

  @Test
  void endsAPhaseThatIsOverdue() throws Exception {
    stayOnTrialForLong();

    CommandLineRun.Result result =
        device.run("--deadlines", "verifying=1s", "run", "--reboot-exit-code");

    assertThat(result.out()).contains("timed out in verifying after 1s");
    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(result.code()).isEqualTo(ExitCode.REBOOT);
    assertThat(device.env().active()).isEqualTo(Slot.A);
  }

  @Test
  void confirmsAHealthyTargetAlthoughTheRoundComesLate() throws Exception {
    stayOnTrialForLong();
    device.healthy(true);

    assertThat(device.run("--deadlines", "verifying=1s", "run").out()).contains("confirm");

    assertThat(device.phase()).isEqualTo(Phase.SUCCESS);
  }

  @Test
  void isBusyWhileAnotherCommandWorks() {
    Path lock = device.dir.resolve("work.lock");
    try (ProcessLock.Held held = ProcessLock.acquire(lock, Duration.ZERO).get()) {
      assertThat(CompletableFuture.supplyAsync(() -> device.run("run")).join().code())
          .isEqualTo(ExitCode.BUSY);
      assertThat(held).isNotNull();
    }
  }

  @Test
  void marksGoodWithoutTheWorkLockIfItCannotBeCreated() throws Exception {
    device.done("boot");
    Files.deleteIfExists(device.dir.resolve("work.lock"));
    Files.createDirectory(device.dir.resolve("work.lock"));

    CommandLineRun.Result result = device.run("run", "--reboot-exit-code");

    assertThat(result.code()).isEqualTo(ExitCode.NOT_PERSISTED);
    assertThat(result.out()).contains("v1 is healthy, slot a is marked good");
    assertThat(result.err()).contains("healthcheck: ").contains("work.lock");
    assertThat(device.env().good()).isTrue();
    assertThat(device.dir.resolve("state.json")).doesNotExist();
  }

  @Test
  void rebootsOutOfASlotThatIsNotHealthyWithoutTheWorkLock() throws Exception {
    Path rebooted = dir.resolve("rebooted");
    device.configure("reboot", List.of("touch", rebooted.toString()));
    device.install(Slot.B, "v0");
    device.done("boot");
    device.healthy(false);
    Files.delete(device.dir.resolve("slots/a.json"));
    Files.deleteIfExists(device.dir.resolve("work.lock"));
    Files.createDirectory(device.dir.resolve("work.lock"));

    CommandLineRun.Result result = device.run("run");

    assertThat(result.code()).isEqualTo(ExitCode.NOT_PERSISTED);
    assertThat(result.err()).contains("health check failed");
    assertThat(rebooted).exists();
  }

  @Test
  void activatesNothingOutsideOfTheWindows() throws Exception {
    device.configure("activation", Map.of("windows", List.of()));

    CommandLineRun.Result result = device.run("run", "--reboot-exit-code");

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("v2 is staged, and not activated now: there is no maintenance window");
    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    assertThat(reasons()).containsExactly(ActivationWait.Reason.WINDOW);
    device.done("activate");
    result = device.run("run", "--reboot-exit-code");
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("the device is not rebooted now: there is no maintenance");
    assertThat(reasons()).containsExactly(ActivationWait.Reason.WINDOW);

    device.configure("activation", Map.of("windows", List.of("00:00-24:00")));
    assertThat(device.run("run", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);
    assertThat(reasons()).isEmpty();
  }

  @Test
  void doesNotRebootIntoAStagedVersionOutsideOfTheWindows() throws Exception {
    device.done("boot");
    device.done("apply");
    device.done("boot");
    device.configure("activation", Map.of("windows", List.of()));
    device.healthy(false);

    CommandLineRun.Result result = device.run("run", "--reboot-exit-code");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(result.out()).contains("the device is not rebooted now: there is no maintenance");
    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void activatesNothingWhileTheHoldFileExists() throws Exception {
    Path hold = Files.createFile(dir.resolve("hold"));
    device.configure("activation", Map.of("hold_file", hold.toString()));

    assertThat(device.done("run").out()).contains("not activated now: " + hold + " exists");
    assertThat(reasons()).containsExactly(ActivationWait.Reason.HOLD);

    Files.delete(hold);
    device.done("run");
    assertThat(device.phase()).isEqualTo(Phase.ACTIVATED);
  }

  @Test
  void rebootsBackEvenIfThePolicyForbidsActivation() throws Exception {
    device.done("apply");
    device.done("activate");
    device.done("boot");
    device.healthy(false);
    device.configure("activation", Map.of("windows", List.of()));

    assertThat(device.run("run", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);

    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
  }

  @Test
  void holdsAFleetLockByHttpThoughTheCertificatesAreNotNamed() throws Exception {
    useFleetLock();
    device.configure("ca_file", 1);

    assertThat(device.run("run", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);
    device.done("boot");
    assertThat(fleet.holders()).containsExactly("device-1");

    device.done("run");
    assertThat(device.phase()).isEqualTo(Phase.SUCCESS);
    assertThat(fleet.holders()).isEmpty();
  }

  @Test
  void holdsTheFleetLockFromBeforeTheActivationToAfterTheConfirmation() throws Exception {
    useFleetLock();

    assertThat(device.run("run", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);
    assertThat(fleet.requests())
        .containsExactly("/fleet/v1/steady-state device-1", "/fleet/v1/pre-reboot device-1");
    assertThat(note().mayBeHeld()).isTrue();
    device.done("boot");
    assertThat(fleet.holders()).containsExactly("device-1");

    device.done("run");
    assertThat(device.phase()).isEqualTo(Phase.SUCCESS);
    assertThat(fleet.holders()).isEmpty();
    assertThat(note().mayBeHeld()).isFalse();

    int asked = fleet.requests().size();
    device.done("run");
    assertThat(fleet.requests()).hasSize(asked);
  }

  @Test
  void activatesAlthoughTheTimeOfTheGrantCannotBeNoted() throws Exception {
    useFleetLock();
    Path note = device.dir.resolve("fleet-lock.json");
    fleet.onRequest(id -> {
      try {
        if (Files.deleteIfExists(note)) {
          Files.createDirectories(note.resolve("in the way"));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });

    CommandLineRun.Result result = device.run("run", "--reboot-exit-code");

    assertThat(result.code()).isEqualTo(ExitCode.REBOOT);
    assertThat(result.err()).contains("warning: " + note);
    assertThat(device.phase()).isEqualTo(Phase.ACTIVATED);
  }

  @Test
  void waitsForTheFleetLock() throws Exception {
    useFleetLock();
    fleet.hold("device-2");

    CommandLineRun.Result result = device.run("run", "--reboot-exit-code");

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("v2 is staged, and not activated now: the fleet lock is not granted")
        .contains("409 (failed_lock_semaphore_full: all slots are taken)");
    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    assertThat(reasons()).containsExactly(ActivationWait.Reason.FLEET_LOCK);

    fleet.forget();
    assertThat(device.run("run", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);
    assertThat(reasons()).isEmpty();
  }

  @Test
  void keepsTheStartOfALongRefusal() throws Exception {
    useFleetLock();
    fleet.hold("device-2");
    fleet.refuseWith("\n".repeat(30_000));

    CommandLineRun.Result result = device.done("run");

    assertThat(result.out()).contains("the fleet lock is not granted").hasSizeLessThan(2_000);
    assertThat(reasons()).containsExactly(ActivationWait.Reason.FLEET_LOCK);
    assertThat(note().locks()).extracting(FleetLock::id).containsExactly("device-1");
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 307})
  void saysWhereTheFleetLockServerRedirectsTo(int status) throws Exception {
    useFleetLock();
    fleet.redirect(status, "https://elsewhere/fleet?key=secret");

    CommandLineRun.Result result = device.run("run");

    assertThat(result.err())
        .contains(
            "v1/steady-state: redirects to https://elsewhere/fleet?..., which is not followed for a POST")
        .doesNotContain("secret");
    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void delaysNothingButTheActivationIfTheFleetLockServerIsBroken() throws Exception {
    useFleetLock();
    fleet.answerOnly(500);

    CommandLineRun.Result result = device.run("run", "--reboot-exit-code");

    assertThat(result.code()).isZero();
    assertThat(result.err()).contains("warning: the fleet lock is not released yet");
    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    assertThat(note().mayBeHeld()).isTrue();
  }

  @Test
  void givesBackALockThatWasGrantedInAnAnswerThatWasLost() throws Exception {
    useFleetLock();
    fleet.loseAnswers(true);
    assertThat(device.done("run").out()).contains("the fleet lock is not granted");
    assertThat(fleet.holders()).containsExactly("device-1");
    fleet.loseAnswers(false);
    device.done("cancel");
    device.offer(server, "v1");

    device.done("run");

    assertThat(fleet.holders()).isEmpty();
    assertThat(note().mayBeHeld()).isFalse();
  }

  @Test
  void givesBackTheLockOfAHealthyDeviceWhoseStateCannotBeRead() throws Exception {
    useFleetLock();
    device.configure("on_invalid_state", "stop");
    assertThat(device.run("run", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);
    device.done("boot");
    Files.writeString(device.dir.resolve("state.json"), "broken");

    assertThat(device.run("run").code()).isEqualTo(ExitCode.UNREADABLE);

    assertThat(device.env().good()).isTrue();
    assertThat(fleet.holders()).isEmpty();
  }

  @Test
  void takesTheLockForAVersionThatTheOperatorActivated() throws Exception {
    useFleetLock();
    device.done("apply");
    device.done("activate");
    fleet.hold("device-2");

    assertThat(device.run("run", "--reboot-exit-code").code()).isZero();
    fleet.forget();
    assertThat(device.run("run", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);

    assertThat(fleet.holders()).containsExactly("device-1");
  }

  @Test
  void givesBackTheLockThatItTookIfTheConfigurationNamesAnother() throws Exception {
    useFleetLock();
    device.run("run");
    device.done("boot");
    useFleetLock(fleet.url(), "device-2");

    device.done("run");

    assertThat(device.phase()).isEqualTo(Phase.SUCCESS);
    assertThat(fleet.holders()).isEmpty();
    assertThat(note().mayBeHeld()).isFalse();
  }

  @Test
  void givesBackTheLockThatItTookBeforeItTakesAnother() throws Exception {
    useFleetLock();
    assertThat(device.run("run", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);
    useFleetLock(fleet.url(), "device-2");

    assertThat(device.run("run", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);

    assertThat(fleet.holders()).containsExactly("device-2");
    assertThat(note().locks()).extracting(FleetLock::id).containsExactly("device-2");
  }

  @Test
  void givesBackTheLockThatItTookIfTheConfigurationNamesNone() throws Exception {
    useFleetLock();
    device.run("run");
    device.done("boot");
    device.configure("activation", Map.of());

    device.done("run");

    assertThat(fleet.holders()).isEmpty();
    assertThat(note().mayBeHeld()).isFalse();
  }

  @Test
  void givesBackTheConfiguredLockIfTheNoteOfAnOlderAgentNamesNone() throws Exception {
    useFleetLock();
    device.run("run");
    device.done("boot");
    Files.writeString(note().held(), "{\"refused\":\"no\"}");

    device.done("run");

    assertThat(fleet.holders()).isEmpty();
    assertThat(note().mayBeHeld()).isFalse();
  }

  @Test
  void takesTheConfiguredLockWhileAnEarlierOneCannotBeGivenBack() throws Exception {
    useFleetLock("http://127.0.0.1:1/wrong", "device-1");
    assertThat(device.done("run").out()).contains("the fleet lock is not granted");
    useFleetLock();

    CommandLineRun.Result result = device.run("run", "--reboot-exit-code");

    assertThat(result.code()).isEqualTo(ExitCode.REBOOT);
    assertThat(result.err())
        .contains("the fleet lock is not released yet: http://127.0.0.1:1/wrong/v1/steady-state")
        .contains("remove " + note().held() + " if its server is gone");
    device.done("boot");
    assertThat(device.done("run").err()).contains("the fleet lock is not released yet");
    assertThat(fleet.holders()).isEmpty();
    assertThat(note().locks()).extracting(lock -> lock.url().getPort()).containsExactly(1);
  }

  private void useFleetLock() throws IOException {
    useFleetLock(fleet.url(), "device-1");
  }

  private void useFleetLock(String url, String id) throws IOException {
    device.configure(
        "activation", Map.of("fleet_lock", Map.of("url", url, "group", "edge", "id", id)));
  }

  private FleetLockNote note() {
    return new FleetLockNote(device.dir, Optional.empty());
  }

  private List<ActivationWait.Reason> reasons() throws Exception {
    return ActivationGate.waits(
            Device.open(device.dir), device.phase(), ZonedDateTime.now(ZoneId.systemDefault()))
        .stream()
        .map(ActivationWait::reason)
        .toList();
  }
}
