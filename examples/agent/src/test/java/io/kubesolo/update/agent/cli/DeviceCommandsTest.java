package io.kubesolo.update.agent.cli;

import static io.kubesolo.update.agent.testkit.TestDevice.IMAGE_BYTES;
import static io.kubesolo.update.agent.testkit.TestDevice.image;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.BootEnvironmentFile;
import io.kubesolo.update.agent.device.CheckResult;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.DeviceWithServer;
import io.kubesolo.update.agent.testkit.RawServer;
import io.kubesolo.update.agent.testkit.TestDevice;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.testing.tool.Tools;
import io.kubesolo.update.persist.ProcessLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The effect of each command on a device, also if there is nothing left to do. */
@Timeout(60)
final class DeviceCommandsTest extends DeviceWithServer {
  @Test
  void takesAnUpdateFromCheckToSuccess() throws Exception {
    assertThat(device.done("check").out()).contains("v2 is available (v1 runs)");
    assertThat(device.phase()).isEqualTo(Phase.IDLE);

    assertThat(device.done("apply").out()).contains("v2 is staged in slot b");
    assertThat(device.slots().verifiedContent(Slot.B))
        .isEqualTo(DeviceFactory.content("v2", image("v2")));
    assertThat(device.env()).matches(env -> env.active() == Slot.A && env.good());

    assertThat(device.done("activate").out())
        .contains("reboot the device: slot b boots next, with v2");
    assertThat(device.phase()).isEqualTo(Phase.ACTIVATED);
    assertThat(device.env()).matches(env -> env.active() == Slot.B && !env.good());

    assertThat(device.done("boot").out()).contains("slot b runs v2");
    assertThat(device.done("healthcheck").out())
        .contains("verify: activated -> verifying")
        .contains("confirm: verifying -> success");
    assertThat(device.env()).matches(env -> env.active() == Slot.B && env.good());
    assertThat(device.state().fromVersion()).contains("v1");

    assertThat(device.done("ack").out()).contains("success -> idle");
  }

  @Test
  void doesNothingTwice() throws IOException {
    device.done("apply");
    unchangedBy("apply");
    unchangedBy("check");
    device.done("activate");
    unchangedBy("activate");
    unchangedBy("apply");
    unchangedBy("healthcheck");
    device.done("boot");
    device.done("healthcheck");
    unchangedBy("healthcheck");
    unchangedBy("apply");
    device.done("rollback");
    unchangedBy("rollback");
    device.done("boot");
    device.done("healthcheck");
    unchangedBy("healthcheck");
    unchangedBy("apply");
    device.done("ack");
    unchangedBy("ack");
    unchangedBy("cancel");
  }

  private void unchangedBy(String command) throws IOException {
    Map<String, String> before = device.files();
    device.done(command);
    assertThat(device.files()).as(command).isEqualTo(before);
  }

  @Test
  void leavesNoTraceOfACheckThatFindsNothing() {
    device.offer(server, "v1");

    assertThat(device.done("check").out()).contains("v1 runs, and the server offers no other");
    assertThat(device.phase()).isEqualTo(Phase.IDLE);
    assertThat(device.state().history()).isEmpty();
  }

  @Test
  void printsTheResultOfACheckAsJson() {
    assertThat(device.done("check", "--json").out())
        .isEqualTo("{\"running\":\"v1\",\"offered\":\"v2\",\"update\":true}\n");
    device.done("apply");
    assertThat(device.done("check", "--json").out())
        .isEqualTo("{\"running\":\"v1\",\"offered\":\"v2\",\"update\":false,"
            + "\"refusal\":\"it is staged already\"}\n");
  }

  @Test
  void installsTheOtherImageThatAStagedVersionIsOfferedWith() throws Exception {
    device.done("apply");
    byte[] repaired = publishAgain("repaired");

    assertThat(device.done("check").out()).contains("v2 is available (v1 runs); apply installs it");
    assertThat(device.done("apply").out())
        .contains("the server offers another image of v2 now", "v2 is staged in slot b");

    assertThat(Files.readAllBytes(device.slots().image(Slot.B))).startsWith(repaired);
    assertThat(device.state().attemptCount()).isEqualTo(2);
    unchangedBy("apply");
  }

  @Test
  void keepsAStagedImageIfTheAttemptsAreUsedUp() throws Exception {
    device.done("apply");
    publishAgain("repaired");

    assertThat(device.done("--max-attempts", "1", "check").out())
        .contains("v2 is offered, and not installed: its attempts are used up");
    assertThat(device.done("--max-attempts", "1", "apply").out())
        .contains("v2 stays staged in slot b; the server offers another image of it now, but its"
            + " attempts are used up");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
    device.done("--max-attempts", "1", "apply", "--force");
    assertThat(device.state().attemptCount()).isEqualTo(2);
  }

  @Test
  void keepsAForcedImageThatIsStagedAlthoughItWasRolledBackBefore() throws Exception {
    device.done("apply");
    device.done("activate");
    device.done("rollback");
    device.done("healthcheck");
    device.done("apply", "--force");
    publishAgain("repaired");

    assertThat(device.done("apply").out())
        .contains("v2 stays staged in slot b", "but it was rolled back before");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  /** Offers v2 with another image, and returns that. */
  private byte[] publishAgain(String words) {
    byte[] image = TestDevice.image(words);
    byte[] manifest = DeviceFactory.manifest("v2b.img", DeviceFactory.content("v2", image));
    server.on("manifest.json", RawServer.file(manifest));
    server.on("manifest.json.sig", RawServer.file(device.maker.sign(manifest)));
    server.on("v2b.img", RawServer.file(image));
    return image;
  }

  @Test
  void keepsAStagedImageUntilItMayBeOverwritten() throws Exception {
    device.done("apply");
    device.done("boot");
    byte[] manifest = DeviceFactory.manifest("v2.img", DeviceFactory.content("v2", new byte[1]));
    server.on("manifest.json", RawServer.file(manifest));
    server.on("manifest.json.sig", RawServer.file(device.maker.sign(manifest)));

    assertThat(device.run("apply").err()).contains("the passive slot must not be overwritten");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void printsAsJsonThatThereIsNoUpdate() {
    device.offer(server, "v1");

    assertThat(device.done("check", "--json").out())
        .isEqualTo("{\"running\":\"v1\",\"offered\":\"v1\",\"update\":false}\n");
  }

  @Test
  void offersNothingWhileAnotherVersionIsActivated() {
    device.done("apply");
    device.done("activate");
    device.offer(server, "v3");

    assertThat(device.done("check").out())
        .contains("v3 is offered, and not installed: v2 is activated");
  }

  @Test
  void overwritesNothingBeforeTheRunningSlotIsMarkedGood() throws IOException {
    device.install(Slot.B, "v0");
    device.done("boot");

    assertThat(device.run("apply").err())
        .contains(
            "grubenv: the passive slot must not be overwritten: slot a runs and is not marked good yet");
    assertThat(device.phase()).isEqualTo(Phase.IDLE);
    assertThat(device.state().revision()).isZero();

    device.done("healthcheck");
    device.done("apply");
  }

  @Test
  void overwritesASlotOfNoUseAlthoughTheRunningOneIsNotHealthy() throws IOException {
    device.done("boot");
    device.healthy(false);
    assertThat(device.run("healthcheck").code()).isEqualTo(ExitCode.OTHER);

    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void goesOnWithADownloadWhenThereIsNothingLeftToLose() throws IOException {
    device.done("send", "check");
    device.done("send", "download", "--to-version", "v2", "--running-version", "v1");
    device.done("boot");
    device.healthy(false);
    assertThat(device.run("healthcheck").code()).isEqualTo(ExitCode.OTHER);

    device.done("apply");

    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void overwritesNothingWhileTheOtherSlotBootsNext() throws Exception {
    updateTo("v2");
    device.done("rollback");
    device.offer(server, "v3");

    assertThat(device.run("apply").err())
        .contains(
            "grubenv: the passive slot must not be overwritten: slot b runs, and the other one boots next");
    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.slots().verifiedContent(Slot.A).version()).isEqualTo("v1");
  }

  @Test
  void rollsBackWhatIsNotHealthy() throws Exception {
    device.done("apply");
    device.done("activate");
    device.done("boot");
    device.healthy(false);

    CommandLineRun.Result result = device.run("healthcheck");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(result.err())
        .contains(
            "health check failed: exit code 1: no network; rolled back: reboot the device: slot a"
                + " boots next");
    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.env().active()).isEqualTo(Slot.A);

    assertThat(device.run("healthcheck").err()).contains("v2 was rolled back; reboot");
    device.healthy(true);
    device.done("boot");
    device.done("healthcheck");
    assertThat(device.running().slot()).isEqualTo(Slot.A);
    assertThat(device.env().good()).isTrue();
  }

  @Test
  void rollsBackWhatDoesNotAnswerInTime() throws IOException {
    device.configure("health_timeout_s", 1);
    device.done("apply");
    device.done("activate");
    device.done("boot");
    device.configure("health_check", List.of("sleep", "600"));

    assertThat(device.run("healthcheck").err()).contains("no answer within 1s");
    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.state().lastError().get()).contains("no answer within 1s");
  }

  @Test
  void leavesAnUnhealthySlotUnmarkedWhenNoUpdateIsOnTrial() throws Exception {
    device.done("boot");
    device.healthy(false);

    assertThat(device.run("healthcheck").err())
        .contains("v1 in slot a: health check failed: exit code 1: no network;"
            + " the slot is not marked good; boots left before GRUB starts the other slot: 2;"
            + " that slot cannot be used: " + device.dir.resolve("slots/b.json") + ": is missing");
    assertThat(device.phase()).isEqualTo(Phase.IDLE);
    assertThat(device.env().good()).isFalse();
  }

  @Test
  void takesNoVersionOnAgainThatWasRolledBackUnlessForced() {
    updateTo("v2");
    device.done("rollback", "--reason", "too slow");
    device.done("boot");
    device.done("healthcheck");
    device.done("ack");

    assertThat(device.done("apply").out())
        .contains(
            "v2 is not installed: it was rolled back before; apply --force installs it anyway");
    assertThat(device.phase()).isEqualTo(Phase.IDLE);

    device.done("apply", "--force");
    assertThat(device.phase()).isEqualTo(Phase.STAGED);
  }

  @Test
  void countsAForcedAttemptBesidesTheLimit() {
    device.offer(server, "v2", RawServer.status("404 Not Found"));
    for (int attempt = 0; attempt < 3; attempt++) {
      device.run("apply");
    }

    device.run("apply", "--force");

    assertThat(device.done("status").lines()).contains("attempt      4 (limit 3)");
    assertThat(device.run("apply").err()).contains("v2: 3 of 3 attempts used up");
    assertThat(device.run("events").out()).contains("attempts are used up (3 of 3)");
  }

  @Test
  void endsWhenTheAttemptsAreUsedUp() {
    device.offer(server, "v2", RawServer.status("404 Not Found"));
    for (int attempt = 0; attempt < 3; attempt++) {
      assertThat(device.run("apply").code()).isEqualTo(ExitCode.OTHER);
    }

    assertThat(device.run("apply").err()).contains("v2: 3 of 3 attempts used up");
    device.done("ack");
    assertThat(device.run("apply").err()).contains("v2: 3 of 3 attempts used up");
    assertThat(device.phase()).isEqualTo(Phase.FAILED);
    assertThat(device.state().lastError()).contains("v2: 3 of 3 attempts used up");
  }

  @Test
  void cancelsAStagedVersionThatTheServerTakesBack() {
    device.done("apply");
    device.offer(server, "v1");

    assertThat(device.done("check").out()).contains("cancel: staged -> idle");
    assertThat(device.phase()).isEqualTo(Phase.IDLE);
  }

  @Test
  void replacesAStagedVersionByANewerOne() throws Exception {
    device.done("apply");
    device.offer(server, "v3");

    device.done("apply");

    assertThat(device.state().toVersion()).contains("v3");
    assertThat(device.slots().verifiedContent(Slot.B).version()).isEqualTo("v3");
  }

  @Test
  void downloadsNothingThatIsThereAlready() {
    device.done("apply");
    device.done("cancel");
    int asked = server.requests().size();

    device.done("apply");

    assertThat(server.requests().subList(asked, server.requests().size()))
        .extracting(RawServer.Request::path)
        .containsExactly("/updates/manifest.json", "/updates/manifest.json.sig");
  }

  @Test
  void stopsAnAttemptThatWasCancelledWhileTheServerIsSilent() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    server.on("manifest.json", (request, out) -> {
      begun.countDown();
      ended.await();
    });
    device.configure("fetch_timeout_s", 60);
    CompletableFuture<CommandLineRun.Result> apply =
        CompletableFuture.supplyAsync(() -> device.run("apply"));
    begun.await();

    device.done("cancel");
    CommandLineRun.Result result = apply.get(20, TimeUnit.SECONDS);
    ended.countDown();

    assertThat(result.code()).isEqualTo(ExitCode.REJECTED);
    assertThat(result.err()).contains("another command ended the attempt");
    assertThat(device.phase()).isEqualTo(Phase.IDLE);
  }

  @Test
  void stopsADownloadThatWasCancelled() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    device.offer(server, "v2", (request, out) -> {
      RawServer.head(out, "200 OK", IMAGE_BYTES, "");
      out.write(image("v2"), 0, 1000);
      out.flush();
      begun.countDown();
      cancelled.await();
      out.write(image("v2"), 1000, IMAGE_BYTES - 1000);
    });
    device.configure("fetch_timeout_s", 30);
    CompletableFuture<CommandLineRun.Result> apply =
        CompletableFuture.supplyAsync(() -> device.run("apply"));
    begun.await();

    device.done("cancel");
    cancelled.countDown();
    CommandLineRun.Result result = apply.get(20, TimeUnit.SECONDS);

    assertThat(result.code()).isEqualTo(ExitCode.REJECTED);
    assertThat(result.err()).contains("another command ended the attempt");
    assertThat(device.phase()).isEqualTo(Phase.IDLE);
    assertThat(device.dir.resolve("download")).isEmptyDirectory();
    assertThat(device.slots().knownContent(Slot.B)).isEmpty();
  }

  @Test
  void isBusyWhileAnotherCommandWorks() {
    Path lock = device.dir.resolve("work.lock");
    try (ProcessLock.Held held = ProcessLock.acquire(lock, Duration.ZERO).get()) {
      for (String command :
          List.of("check", "apply", "activate", "rollback", "simulate-boot", "boot")) {
        CommandLineRun.Result result =
            CompletableFuture.supplyAsync(() -> device.run(command)).join();
        assertThat(result.code()).as(command).isEqualTo(ExitCode.BUSY);
        assertThat(result.err()).contains(lock.toString());
      }
      assertThat(held).isNotNull();
    }
  }

  @Test
  void isBusyForEveryStateFile() throws Exception {
    Path lock = device.dir.resolve("work.lock");
    try (ProcessLock.Held held = ProcessLock.acquire(lock, Duration.ZERO).get()) {
      for (String command : List.of("apply", "reconcile")) {
        List<String> words =
            new ArrayList<>(List.of("--state", dir.resolve("other").toString()));
        words.add(command);
        if (command.equals("reconcile")) {
          words.addAll(List.of("--running-version", "v1"));
        }
        CommandLineRun.Result result = CompletableFuture.supplyAsync(
                () -> device.run(words.toArray(String[]::new)))
            .join();
        assertThat(result.code()).as(command).isEqualTo(ExitCode.BUSY);
      }
      assertThat(held).isNotNull();
    }
  }

  @Test
  void checksHealthOnceTheCommandThatWorksHasEnded() throws Exception {
    device.done("boot");
    CompletableFuture<CommandLineRun.Result> health;
    try (ProcessLock.Held held =
        ProcessLock.acquire(device.dir.resolve("work.lock"), Duration.ZERO).get()) {
      health = CompletableFuture.supplyAsync(() -> device.run("healthcheck"));
      Thread.sleep(300);
      assertThat(health).isNotDone();
      assertThat(held).isNotNull();
    }

    assertThat(health.join().code()).isZero();
    assertThat(device.env().good()).isTrue();
  }

  @Test
  void marksGoodAfterTriesThatFailAndNotesIt() throws Exception {
    Path tried = dir.resolve("tried");
    device.configure(
        "health_check",
        List.of("sh", "-c", "echo x >>" + tried + "; [ $(wc -l <" + tried + ") -gt 2 ]"));
    device.done("boot");

    assertThat(device.done("healthcheck").out())
        .contains("exit code 1 (try 1 of 3; the next one in 0s)")
        .contains("(try 2 of 3;")
        .contains("is healthy");
    assertThat(device.env().good()).isTrue();
    assertThat(device.slots().checkResult(Slot.A)).contains(CheckResult.PASSED);
  }

  @Test
  void rollsBackAfterAllTriesFailedAndNotesIt() throws Exception {
    device.done("apply");
    device.done("activate");
    device.done("boot");
    device.healthy(false);

    assertThat(device.run("healthcheck").code()).isEqualTo(ExitCode.OTHER);

    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.slots().checkResult(Slot.B)).contains(CheckResult.FAILED);
    assertThat(device.env().updateTarget()).contains("v1");
  }

  @Test
  void decidesNothingIfTheHealthCheckCannotBeStarted() throws Exception {
    device.done("apply");
    device.done("activate");
    assertThat(device.env().updateTarget()).contains("v2");
    device.done("boot");
    device.configure("health_check", List.of("/nowhere/check"));

    CommandLineRun.Result result = device.run("healthcheck");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(result.err()).contains("health check cannot be started").contains("/nowhere/check");
    assertThat(device.phase()).isEqualTo(Phase.VERIFYING);
    assertThat(device.env().good()).isFalse();
    assertThat(device.slots().checkResult(Slot.B)).isEmpty();
  }

  @Test
  void doesNotAdviseAnotherStateFileForTheWorkLock() throws IOException {
    Path lock = device.dir.resolve("work.lock");
    Files.delete(lock);
    Files.createDirectory(lock);

    assertThat(device.run("apply").err())
        .contains(lock + ": ", "; remove it; ")
        .doesNotContain("--state")
        .hasLineCount(1);
  }

  @Test
  void sendsNothingToADirectoryThatIsNoDevice() {
    for (String command : List.of("cancel", "ack", "send check", "tick", "replay -")) {
      Path typo = dir.resolve("typo");
      List<String> words = new ArrayList<>(List.of("--device", typo.toString()));
      words.addAll(List.of(command.split(" ")));

      CommandLineRun.Result result =
          CommandLineRun.run(Map.of(), new byte[0], words.toArray(String[]::new));

      assertThat(result.code()).as(command).isEqualTo(ExitCode.OTHER);
      assertThat(result.err())
          .isEqualTo(
              "update-agent: " + typo.resolve("device.json") + ": no such file or directory\n");
      assertThat(typo).doesNotExist();
    }
  }

  @Test
  void warnsOfAKeyOfANewerAgent() throws Exception {
    device.configure("from_the_future", 1);

    assertThat(device.done("healthcheck").err())
        .contains("device.json: unknown keys are ignored: from_the_future");
  }

  @Test
  void keepsAnUpperCaseSlotInTheBootEnvironment() throws Exception {
    Path grubenv = device.dir.resolve("grubenv");
    Files.writeString(grubenv, Files.readString(grubenv).replace("active_slot=a", "active_slot=A"));
    device.done("apply");

    device.done("activate");
    assertThat(grubenv).content().contains("\nactive_slot=B\n");
    device.done("boot");
    device.done("healthcheck");

    assertThat(grubenv).content().contains("\nactive_slot=B\n").contains("\nboot_success=1\n");
  }

  @Test
  void repairsADamagedBootEnvironmentAndMarksGood() throws Exception {
    Path grubenv = device.dir.resolve("grubenv");
    Files.write(grubenv, new byte[1024]);

    CommandLineRun.Result result = device.done("healthcheck");

    assertThat(result.err())
        .contains("grubenv: is not a GRUB environment block; replaced by a new one");
    assertThat(device.env()).matches(env -> env.active() == Slot.A && env.good());
  }

  @Test
  void givesUpAStagedVersionWhoseSlotWasDamaged() throws Exception {
    device.done("apply");
    Files.write(device.slots().image(Slot.B), new byte[TestDevice.SLOT_BYTES]);

    CommandLineRun.Result result = device.run("activate");

    assertThat(result.code()).isEqualTo(ExitCode.OTHER);
    assertThat(device.phase()).isEqualTo(Phase.FAILED);
    assertThat(device.state().lastError().get()).contains("does not hold v2");
    assertThat(device.env().active()).isEqualTo(Slot.A);
  }

  @Test
  void fallsBackFromASlotThatDoesNotBoot() throws Exception {
    device.done("apply");
    device.done("activate");
    Files.write(device.slots().image(Slot.B), new byte[TestDevice.SLOT_BYTES]);

    assertThat(device.done("boot").out())
        .contains("slot b does not boot")
        .contains("slot a runs v1");
    assertThat(device.done("healthcheck").out())
        .contains("activated -> rolled_back: v1 runs instead of v2");
    assertThat(device.env()).matches(env -> env.active() == Slot.A && env.good());
  }

  @Test
  void switchesBackAfterARollbackThatWasAcknowledgedTooEarly() throws Exception {
    updateTo("v2");
    device.done("rollback");
    device.done("ack");

    assertThat(device.run("healthcheck").err())
        .contains("v2 does not boot next; reboot the device: slot a");
    device.done("boot");
    device.done("healthcheck");
    assertThat(device.running().slot()).isEqualTo(Slot.A);
  }

  @Test
  void saysThatARollbackIsUndoneIfItsOutcomeWasAcknowledgedBeforeTheReboot() throws Exception {
    updateTo("v2");
    device.done("rollback", "--retry");
    device.done("ack");

    CommandLineRun.Result result = device.done("healthcheck");

    assertThat(result.err())
        .contains("warning: slot b boots next instead of slot a: in phase idle no other usable slot"
            + " should boot");
    assertThat(device.done("healthcheck").err()).isEmpty();
    assertThat(device.env()).matches(env -> env.active() == Slot.B && env.good());
  }

  @Test
  void saysWhyASwitchByHandIsUndone() throws Exception {
    device.done("apply");
    device.done("activate");
    switchByHand(Slot.A);
    assertThat(device.done("check", "--json").err())
        .contains("slot b boots next instead of slot a: v2 is activated");
    device.done("boot");
    device.done("healthcheck");

    switchByHand(Slot.A);
    assertThat(device.done("check", "--json").err())
        .contains("slot b boots next instead of slot a: in phase success no other usable slot");

    device.done("rollback");
    switchByHand(Slot.B);
    assertThat(device.done("check", "--json").err())
        .contains("slot a boots next instead of slot b: v2 was rolled back");
  }

  private void switchByHand(Slot slot) throws Exception {
    new BootEnvironmentFile(device.dir.resolve("grubenv")).write(BootEnvironment.of(slot, 3));
  }

  @Test
  void staysWhereItIsWhenThePriorSlotIsNotWhole() throws Exception {
    device.done("apply");
    device.done("activate");
    device.done("boot");
    Files.write(device.slots().image(Slot.A), new byte[TestDevice.SLOT_BYTES]);

    assertThat(device.run("rollback").code()).isEqualTo(ExitCode.OTHER);
    assertThat(device.run("rollback").err()).contains("a.img: does not hold v1");
    assertThat(device.phase()).isEqualTo(Phase.VERIFYING);

    device.healthy(false);
    assertThat(device.run("healthcheck").err())
        .contains("a.img: does not hold v1")
        .contains("rolled back: v2 in slot b keeps running");
    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.env().active()).isEqualTo(Slot.B);

    device.healthy(true);
    device.done("healthcheck");
    assertThat(device.env()).matches(env -> env.active() == Slot.B && env.good());
  }

  @Test
  void keepsWhatACheckCommandSaysOnOneLineAndWithinUnicode() throws IOException {
    device.done("apply");
    device.done("activate");
    device.done("boot");
    String noise =
        "i=0; while [ $i -lt 299 ]; do printf x; i=$((i+1)); done; printf '\\360\\237\\230\\200\\033[31m'";
    device.configure(
        "health_check", List.of("sh", "-c", "printf '\\033[31mred\\r'; " + noise + "; exit 1"));

    assertThat(device.run("healthcheck").err().lines())
        .singleElement()
        .asString()
        .contains("red");
    assertThat(device.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(device.state().lastError().get())
        .contains("\\u001b[31mred\\r")
        .doesNotContain("\033");
  }

  @Test
  void refusesAReasonThatSaysNothing() {
    assertThat(device.run("rollback", "--reason", " ").code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void rejectsWhatHasNoEdge() {
    assertThat(device.run("activate").code()).isEqualTo(ExitCode.REJECTED);
    assertThat(device.run("rollback").code()).isEqualTo(ExitCode.REJECTED);
    device.done("apply");
    device.done("activate");
    assertThat(device.run("cancel").code()).isEqualTo(ExitCode.REJECTED);
    assertThat(device.run("ack").code()).isEqualTo(ExitCode.REJECTED);
  }

  @Test
  void saysWhatADeviceLacks() throws IOException {
    Files.delete(device.dir.resolve("running.json"));
    assertThat(device.run("healthcheck").err())
        .contains("running.json: is missing: the device is not booted; run simulate-boot");
    device.done("boot");

    Files.delete(device.slots().image(Slot.B));
    device.done("healthcheck");
    assertThat(device.run("apply").err()).contains("b.img: slot b is missing");
    assertThat(device.phase()).isEqualTo(Phase.DOWNLOADING);

    Files.delete(device.dir.resolve("update.pub"));
    assertThat(device.run("check").err()).contains("update.pub: no such file or directory");

    Files.delete(device.dir.resolve("device.json"));
    assertThat(device.run("check").err()).contains("device.json: no such file or directory");
    assertThat(CommandLineRun.run(Map.of(), new byte[0], "check").code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void survivesADiskThatIsTooSmall() throws Exception {
    survivesADiskOf("64k", "no space for the download: 300000 bytes are missing, 65536 are free");
  }

  @Test
  void survivesADiskThatIsFilledMeanwhile() throws Exception {
    Path other = device.dir.resolve("download/other");
    device.offer(server, "v2", (request, out) -> {
      RawServer.head(out, "200 OK", IMAGE_BYTES, "");
      Files.write(other, new byte[200_000]);
      out.write(image("v2"));
    });
    survivesADiskOf("320k", ".part: no space left on device");
  }

  private void survivesADiskOf(String size, String problem) throws Exception {
    Tools.assume(Files.isWritable(Path.of("/root")), "only root can mount a small disk");
    Path disk = Files.createDirectory(device.dir.resolve("download"));
    Process mount = new ProcessBuilder(
            "mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", disk.toString())
        .start();
    Tools.assume(mount.waitFor() == 0, "a small disk cannot be mounted here");
    try {
      CommandLineRun.Result result = device.run("apply");

      assertThat(result.code()).isEqualTo(ExitCode.OTHER);
      assertThat(result.err().lines()).singleElement().asString().contains(problem);
      assertThat(device.phase()).isEqualTo(Phase.DOWNLOADING);
      assertThat(disk.toFile().list()).isSubsetOf("other");
      assertThat(device.slots().verifiedContent(Slot.A).version()).isEqualTo("v1");
    } finally {
      assertThat(new ProcessBuilder("umount", disk.toString()).start().waitFor())
          .isZero();
    }
    device.done("apply");
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
