package io.kubesolo.update.agent.cli;

import static io.kubesolo.update.agent.testkit.TestDevice.IMAGE_BYTES;
import static io.kubesolo.update.agent.testkit.TestDevice.image;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.device.CheckResult;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.DeviceWithServer;
import io.kubesolo.update.agent.testkit.RawServer;
import io.kubesolo.update.agent.testkit.TestDevice;
import io.kubesolo.update.core.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The recovery of the commands from interrupted work, from what the boot loader did, and from
 * broken files.
 */
@Timeout(60)
final class DeviceRecoveryTest extends DeviceWithServer {
  private static final byte[] ZEROS = new byte[800];

  @Test
  void switchesTheBootLoaderIfAProcessWasKilledBeforeIt() throws Exception {
    device.done("apply");
    device.done("send", "activate");
    device.done("boot");

    for (String command : List.of("healthcheck", "healthcheck", "activate", "run")) {
      device.done(command);
      assertThat(device.phase()).as(command).isEqualTo(Phase.ACTIVATED);
      assertThat(device.env().active()).as(command).isEqualTo(Slot.B);
      assertThat(device.env().updateTarget()).as(command).contains("v2");
    }
    device.done("boot");
    device.done("healthcheck");
    assertThat(device.phase()).isEqualTo(Phase.SUCCESS);
  }

  @Test
  void givesUpATargetThatTheBootLoaderFellBackFrom() throws Exception {
    device.done("apply");
    device.done("activate");
    device.fallBackTo(Slot.A);

    device.done("healthcheck");

    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.state().lastError()).contains("v1 runs instead of v2");
    assertThat(device.state().rolledBackVersions()).containsExactly("v2");
    assertThat(device.env()).matches(env -> env.active() == Slot.A && env.good());
    assertThat(device.slots().checkResult(Slot.B)).contains(CheckResult.FAILED);
  }

  @Test
  void keepsTheTraceOfAFallBackUntilItIsRecorded() throws Exception {
    device.done("apply");
    device.done("activate");
    device.fallBackTo(Slot.A);
    Path lock = device.dir.resolve("state.json.lock");
    Files.delete(lock);
    Files.createDirectory(lock);

    for (String command : List.of("run", "healthcheck", "run")) {
      assertThat(device.run(command).code()).as(command).isEqualTo(ExitCode.NOT_PERSISTED);
      assertThat(device.env()).matches(env -> env.active() == Slot.A && env.good());
      assertThat(device.env().updateTarget()).as(command).contains("v2");
    }
    Files.delete(lock);
    device.done("run");

    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.state().rolledBackVersions()).containsExactly("v2");
    assertThat(device.env().active()).isEqualTo(Slot.A);
    assertThat(device.env().updateTarget()).isEmpty();
  }

  @Test
  void forgetsTheCheckOfAnEarlierTrialWhenAVersionIsActivatedAgain() throws Exception {
    device.done("apply");
    device.done("activate");
    device.done("boot");
    device.healthy(false);
    assertThat(device.run("healthcheck").code()).isEqualTo(ExitCode.OTHER);
    device.done("boot");
    device.healthy(true);
    device.done("healthcheck");
    device.done("apply", "--force");

    device.done("activate");
    assertThat(device.slots().checkResult(Slot.B)).isEmpty();
    device.done("boot");

    device.configure("health_check", List.of("/no/such/check"));
    assertThat(device.run("healthcheck", "--reboot-exit-code").code()).isEqualTo(ExitCode.OTHER);
  }

  @Test
  void keepsWhatTheHealthCheckWritesIntoTheBootEnvironment() throws Exception {
    device.done("boot");
    checkThatChangesGrubenv("s/^boot_counter/other=1\\nboot_counter/; s/#\\{8\\}$//");

    device.done("healthcheck");

    assertThat(device.env().good()).isTrue();
    assertThat(device.dir.resolve("grubenv")).content().contains("\nother=1\n");
  }

  @Test
  void marksNoSlotGoodIfTheOtherOneWasMadeActiveDuringTheCheck() throws Exception {
    device.done("boot");
    checkThatChangesGrubenv("s/^active_slot=a/active_slot=b/");

    CommandLineRun.Result result = device.run("healthcheck");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(result.err()).contains("slot b was made the active one").hasLineCount(1);
    assertThat(device.env()).matches(env -> env.active() == Slot.B && !env.good());
  }

  private void checkThatChangesGrubenv(String expression) throws IOException {
    Path grubenv = device.dir.resolve("grubenv");
    device.configure("health_check", List.of("sed", "-i", expression, grubenv.toString()));
  }

  @Test
  void notesTheContentOfTheSlotThatTheDeviceMayGoBackTo() throws Exception {
    Files.delete(device.slots().note(Slot.A));

    device.slots().noteUnlessKnown(Slot.A, "v1");
    assertThat(device.slots().isWhole(Slot.A)).isTrue();
    assertThat(device.slots().content(Slot.A).size()).isEqualTo(TestDevice.SLOT_BYTES);

    device.slots().noteUnlessKnown(Slot.A, "v0");
    device.slots().noteUnlessWhole(Slot.A, "v0");
    assertThat(device.slots().content(Slot.A).version()).isEqualTo("v1");
    device.damage(Slot.A);
    device.slots().noteUnlessKnown(Slot.A, "v0");
    assertThat(device.slots().isWhole(Slot.A)).isFalse();
    device.slots().noteUnlessWhole(Slot.A, "v0");
    assertThat(device.slots().verifiedContent(Slot.A).version()).isEqualTo("v0");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void doesNotBlameATargetThatTheBootLoaderDidNotTake(boolean toldInALaterBoot) throws Exception {
    device.done("apply");
    if (toldInALaterBoot) {
      device.done("send", "activate");
      device.done("boot");
      device.done("healthcheck");
    } else {
      device.done("activate");
    }
    device.boots(Slot.A);

    assertThat(device.run("healthcheck").code()).isZero();

    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.state().lastError()).contains("the boot loader did not take slot B");
    assertThat(device.state().rolledBackVersions()).isEmpty();
    assertThat(device.env()).matches(env -> env.active() == Slot.A && env.good());
  }

  @Test
  void removesTheTargetOfAFailedTrialBeforeItIsActivatedAgain() throws Exception {
    device.done("apply");
    device.done("activate");
    device.fallBackTo(Slot.A);
    device.healthy(false);
    assertThat(device.run("healthcheck").code()).isEqualTo(ExitCode.OTHER);
    assertThat(device.env().updateTarget()).contains("v2");
    device.done("apply", "--force");
    device.done("send", "--if-revision", "" + device.state().revision(), "cancel");
    device.done("apply", "--force");

    device.done("activate");

    assertThat(device.env()).matches(env -> env.active() == Slot.B);
    device.healthy(true);
    device.done("boot");
    device.done("healthcheck");
    assertThat(device.phase()).isEqualTo(Phase.SUCCESS);
  }

  @Test
  void rollsBackADamagedTargetWithoutBlame() throws Exception {
    device.done("apply");
    device.done("activate");
    device.damage(Slot.B);

    CommandLineRun.Result result = device.done("healthcheck");

    assertThat(result.err()).contains("b.img: does not hold v2");
    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.state().rolledBackVersions()).isEmpty();
    assertThat(device.env()).matches(env -> env.active() == Slot.A && env.good());
  }

  @Test
  void sendsNoEventIfTheBootEnvironmentHasNoRoom() throws Exception {
    Path grubenv = device.dir.resolve("grubenv");
    device.done("apply");
    String big = "# GRUB Environment Block\nactive_slot=a\nboot_counter=2\nboot_success=1\nbig=";
    Files.writeString(grubenv, big + "x".repeat(1023 - big.length()) + "\n");

    assertThat(device.run("activate").err()).contains("grubenv: has no room left");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void takesAVersionOnAgainThatFellBackOnceAfterItsSuccess() throws Exception {
    updateTo("v2");
    device.fallBackTo(Slot.A);

    device.done("healthcheck");
    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.state().rolledBackVersions()).isEmpty();

    device.done("apply");
    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void marksGoodAndRepairsAnInvalidState() throws Exception {
    device.install(Slot.B, "v2");
    device.slots().noteCheck(Slot.B, CheckResult.FAILED);
    device.done("boot");
    Files.write(device.dir.resolve("state.json"), ZEROS);

    CommandLineRun.Result result = device.done("healthcheck");

    assertThat(result.err()).contains("state.json").contains("repaired").contains("corrupt");
    assertThat(device.env().good()).isTrue();
    assertThat(device.phase()).isEqualTo(Phase.IDLE);
    assertThat(device.state().rolledBackVersions()).containsExactly("v2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"healthcheck", "repair"})
  void aRepairKnowsTheVersionThatTheBootLoaderFellBackFrom(String command) throws Exception {
    device.done("apply");
    device.done("activate");
    device.fallBackTo(Slot.A);
    Files.write(device.dir.resolve("state.json"), ZEROS);

    device.done(command);

    assertThat(device.phase()).isEqualTo(Phase.IDLE);
    assertThat(device.state().rolledBackVersions()).containsExactly("v2");
    device.done("healthcheck");
    assertThat(device.done("run").out()).contains("v2 is not installed: it was rolled back before");
  }

  @Test
  void keepsTheTraceOfAFallBackWhileTheStateIsInvalid() throws Exception {
    device.configure("on_invalid_state", "stop");
    device.done("apply");
    device.done("activate");
    device.fallBackTo(Slot.A);
    Path state = device.dir.resolve("state.json");
    byte[] valid = Files.readAllBytes(state);
    Files.write(state, ZEROS);

    assertThat(device.run("run").code()).isEqualTo(ExitCode.UNREADABLE);
    assertThat(device.env()).matches(env -> env.active() == Slot.A && env.good());
    assertThat(device.env().updateTarget()).contains("v2");
    Files.write(state, valid);
    device.done("run");

    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.state().rolledBackVersions()).containsExactly("v2");
    assertThat(device.env().updateTarget()).isEmpty();
  }

  @Test
  void keepsATargetStagedWhoseSlotIsMissingForAMoment() throws Exception {
    device.done("apply");
    Path slot = device.slots().image(Slot.B);
    Path away = device.dir.resolve("away");
    Files.move(slot, away);

    CommandLineRun.Result result = device.run("activate");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(result.err()).contains("slot b is missing").hasLineCount(1);
    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    Files.move(away, slot);
    device.done("activate");
    assertThat(device.state().attemptCount()).isEqualTo(1);
  }

  @Test
  void doesNotStayStagedWithoutAValidNoteOfTheSlot() throws Exception {
    device.done("apply");
    Files.writeString(device.slots().note(Slot.B), "{}");

    assertThat(device.run("activate").code()).isEqualTo(ExitCode.OTHER);

    assertThat(device.phase()).isEqualTo(Phase.FAILED);
  }

  @Test
  void callsForNoRebootBecauseOfACheckInABootWhoseSlotWasMarkedGood() throws Exception {
    device.install(Slot.B, "v0");
    device.healthy(false);
    assertThat(device.run("healthcheck").err()).contains("was marked good before, and stays good");
    device.done("boot");

    assertThat(device.env().good()).isFalse();
    assertThat(device.run("check", "--reboot-exit-code").code()).isZero();
    assertThat(device.run("healthcheck", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);
  }

  @Test
  void repairsAnInvalidStateInEveryCommandThatWorks() throws Exception {
    for (String command : List.of("check", "apply", "run")) {
      Files.write(device.dir.resolve("state.json"), ZEROS);
      assertThat(device.done(command).err()).as(command).contains("repaired");
    }
  }

  @Test
  void marksGoodAndLeavesAnInvalidStateIfConfigured() throws Exception {
    device.configure("on_invalid_state", "stop");
    device.done("boot");
    Files.write(device.dir.resolve("state.json"), ZEROS);

    CommandLineRun.Result result = device.run("healthcheck");

    assertThat(result.code()).isEqualTo(ExitCode.UNREADABLE);
    assertThat(result.out()).contains("v1 is healthy, slot a is marked good");
    assertThat(device.env().good()).isTrue();
    assertThat(device.dir.resolve("state.json")).hasBinaryContent(ZEROS);
    assertThat(device.run("apply").code()).isEqualTo(ExitCode.UNREADABLE);
  }

  @Test
  void marksASlotGoodWhoseVersionIsNotKnown() throws Exception {
    device.done("boot");
    Files.delete(device.slots().note(Slot.A));

    assertThat(device.done("healthcheck").err()).contains("a.json: is missing");

    assertThat(device.env().good()).isTrue();
  }

  @Test
  void installsTheCureOfTwoSlotsThatAreNotHealthy() throws Exception {
    device.done("apply");
    device.done("activate");
    device.done("boot");
    device.healthy(false);
    assertThat(device.run("healthcheck").code()).isEqualTo(ExitCode.OTHER);
    device.done("boot");
    assertThat(device.run("healthcheck", "--reboot-exit-code").code()).isEqualTo(ExitCode.OTHER);
    assertThat(device.running().slot()).isEqualTo(Slot.A);
    device.offer(server, "v3");

    device.done("apply");
    device.done("activate");
    device.done("boot");
    device.healthy(true);
    device.done("healthcheck");

    assertThat(device.running().slot()).isEqualTo(Slot.B);
    assertThat(device.state().toVersion()).contains("v3");
    assertThat(device.env().good()).isTrue();
  }

  @Test
  void goesBackToNoVersionThatFailedItsCheck() throws Exception {
    updateTo("v2");
    device.slots().noteCheck(Slot.A, CheckResult.FAILED);

    assertThat(device.run("rollback").err()).contains("a.img: v1 is not a version to go back to");

    assertThat(device.phase()).isEqualTo(Phase.SUCCESS);
  }

  @Test
  void countsADownloadThatARebootInterrupted() {
    device.offer(server, "v2", RawServer.status("503 Service Unavailable"));
    for (int attempt = 1; attempt <= 3; attempt++) {
      assertThat(device.run("apply").code()).isEqualTo(ExitCode.OTHER);
      assertThat(device.run("apply").code()).isEqualTo(ExitCode.OTHER);
      assertThat(device.phase()).isEqualTo(Phase.DOWNLOADING);
      assertThat(device.state().attemptCount()).isEqualTo(attempt);
      device.done("boot");
      device.done("healthcheck");
    }

    assertThat(device.run("apply").err()).contains("v2: 3 of 3 attempts used up");

    assertThat(device.phase()).isEqualTo(Phase.FAILED);
    assertThat(device.state().attemptCount()).isEqualTo(3);
  }

  @Test
  void forcesADownloadAgainThatARebootInterrupted() throws IOException {
    updateTo("v2");
    device.done("rollback");
    device.done("boot");
    device.done("healthcheck");
    device.offer(server, "v2", RawServer.status("503 Service Unavailable"));
    device.damage(Slot.B);
    assertThat(device.run("apply", "--force").code()).isEqualTo(ExitCode.OTHER);
    device.done("boot");
    device.done("healthcheck");

    assertThat(device.run("apply").err()).contains("notRolledBack");

    assertThat(device.phase()).isEqualTo(Phase.FAILED);
    assertThat(device.state().lastError().get()).contains("rolled back before");
  }

  @Test
  void acknowledgesACheckThatFailedOnceTheServerAnswers() {
    for (String command : List.of("check", "apply")) {
      server.on("manifest.json", RawServer.status("404 Not Found"));
      assertThat(device.run("apply").code()).isEqualTo(ExitCode.OTHER);
      assertThat(device.phase()).isEqualTo(Phase.FAILED);
      assertThat(device.run(command).code()).isEqualTo(ExitCode.OTHER);
      assertThat(device.phase()).isEqualTo(Phase.FAILED);

      device.offer(server, "v1");
      device.done(command);

      assertThat(device.phase()).as(command).isEqualTo(Phase.IDLE);
      assertThat(device.state().lastError()).isEmpty();
    }
  }

  @Test
  void doesNotAcknowledgeADownloadThatFailed() {
    device.offer(server, "v2", RawServer.status("404 Not Found"));
    assertThat(device.run("apply").code()).isEqualTo(ExitCode.OTHER);
    assertThat(device.phase()).isEqualTo(Phase.FAILED);

    device.done("check");

    assertThat(device.phase()).isEqualTo(Phase.FAILED);
  }

  @Test
  void saysWhatIsOfferedInsteadOfTheActivatedVersion() {
    device.done("apply");
    device.done("activate");
    device.offer(server, "v3");
    assertThat(device.done("check").out()).contains("v2").contains("v3").contains("rollback");
    assertThat(device.done("apply").out())
        .contains("v2 is activated; reboot; but the server offers v3 now");

    device.done("rollback", "--retry");

    assertThat(device.state().rolledBackVersions()).isEmpty();
    device.offer(server, "v2");
    device.done("apply");
    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void endsADownloadWhoseVersionIsReplacedByAnotherCommand() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    device.offer(server, "v2", (request, out) -> {
      RawServer.head(out, "200 OK", IMAGE_BYTES, "");
      out.write(image("v2"), 0, 1000);
      out.flush();
      begun.countDown();
      for (int i = 1000; i < IMAGE_BYTES; i++) {
        out.write(image("v2"), i, 1);
        out.flush();
        Thread.sleep(20);
      }
    });
    CompletableFuture<CommandLineRun.Result> apply =
        CompletableFuture.supplyAsync(() -> device.run("apply"));
    begun.await();

    device.done("cancel");
    device.done("send", "download", "--to-version", "v9", "--running-version", "v1");
    CommandLineRun.Result result = apply.get(20, TimeUnit.SECONDS);

    assertThat(result.code()).isEqualTo(ExitCode.REJECTED);
    assertThat(result.err())
        .contains("v2: another command ended the attempt; the phase is now downloading v9");
    assertThat(device.state().toVersion()).contains("v9");
    assertThat(device.phase()).isEqualTo(Phase.DOWNLOADING);
  }

  @Test
  void endsADownloadThatIsOverdue() {
    device.offer(server, "v2", (request, out) -> {
      RawServer.head(out, "200 OK", IMAGE_BYTES, "");
      for (int i = 0; i < IMAGE_BYTES; i++) {
        out.write(image("v2"), i, 1);
        out.flush();
        Thread.sleep(50);
      }
    });

    CommandLineRun.Result result = device.run("--deadlines", "downloading=2s", "apply");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(result.err().lines())
        .containsExactly("update-agent: timed out in downloading after 2s");
    assertThat(device.phase()).isEqualTo(Phase.FAILED);
  }

  @Test
  void callsForARebootByItsExitCode() throws Exception {
    assertThat(device.run("check", "--reboot-exit-code").code()).isZero();
    device.done("apply", "--reboot-exit-code");
    assertThat(device.run("activate", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);
    assertThat(device.run("check", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);
    device.done("boot");
    device.healthy(false);

    assertThat(device.run("healthcheck", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);
    assertThat(device.run("healthcheck").code()).isEqualTo(ExitCode.OTHER);
    assertThat(device.run("activate", "--reboot-exit-code").code()).isEqualTo(ExitCode.REJECTED);
  }

  @Test
  void callsForARebootOutOfASlotThatIsNotHealthy() throws Exception {
    device.install(Slot.B, "v0");
    device.done("boot");
    device.healthy(false);

    CommandLineRun.Result result = device.run("healthcheck", "--reboot-exit-code");
    assertThat(result.code()).isEqualTo(ExitCode.REBOOT);
    assertThat(result.err()).contains("boots left before").contains("reboot");
    assertThat(device.run("apply", "--reboot-exit-code").code()).isEqualTo(ExitCode.REBOOT);

    device.damage(Slot.B);
    assertThat(device.run("healthcheck", "--reboot-exit-code").code()).isEqualTo(ExitCode.OTHER);
  }

  @Test
  void reconcilesADeviceByWhatTheBootLoaderDid() throws Exception {
    device.done("apply");
    device.done("activate");
    device.fallBackTo(Slot.A);

    assertThat(device.done("reconcile", "--running-version", "v1").out())
        .isEqualTo("rollback: activated -> rolled_back: v1 runs instead of v2\n");
    assertThat(device.done("reconcile", "--running-version", "v1").out())
        .isEqualTo("nothing to do\n");
  }

  @Test
  void refusesToReconcileWithAVersionThatDoesNotRun() throws Exception {
    device.done("apply");
    device.done("activate");
    device.done("boot");

    CommandLineRun.Result result = device.run("reconcile", "--running-version", "2");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(result.err()).contains("2 does not run: slot b holds v2").hasLineCount(1);
    assertThat(device.phase()).isEqualTo(Phase.ACTIVATED);
  }

  private void updateTo(String version) {
    device.offer(server, version);
    device.done("apply");
    device.done("activate");
    device.done("boot");
    device.done("healthcheck");
    assertThat(device.phase()).isEqualTo(Phase.SUCCESS);
  }
}
