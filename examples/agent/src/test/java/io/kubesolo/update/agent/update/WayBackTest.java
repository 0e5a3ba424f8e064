package io.kubesolo.update.agent.update;

import static io.kubesolo.update.agent.testkit.Failures.messageOf;
import static io.kubesolo.update.agent.testkit.Failures.messageOfCommand;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.device.BootEnvironment;
import io.kubesolo.update.agent.device.CheckResult;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.HealthResult;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.agent.device.Slots;
import io.kubesolo.update.agent.download.DownloadProgress;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.testkit.MemoryFiles;
import io.kubesolo.update.agent.testkit.MemoryFiles.Content;
import io.kubesolo.update.agent.testkit.WatchedFileSystem;
import io.kubesolo.update.core.LinuxBoot;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.persist.StateFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A device that is not simulated runs v1 from slot a: the kernel's command line and os-release say so,
 * whatever the note of the slot says.
 */
final class WayBackTest {
  private static final String CONFIG = "{\"server\":\"http://server/\",\"health_check\":[\"true\"],"
      + "\"boot_tries\":1,\"health_tries\":1}";

  private static final String VALID = "{\"version\":\"v1\",\"size\":4,\"sha256\":\"%s\"}";

  private static final List<String> OF_NO_USE =
      List.of("", "{}", "\0\0\0\0", "{\"version\":\"v1\",\"size\":4,\"sha256\":\"x\"}");

  private final MemoryFiles files = new MemoryFiles();
  private final List<String> read = new ArrayList<>();
  private final List<String> changed = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final WalkServer server = new WalkServer();
  private final TableEngine engine = new TableEngine();

  /** The name of the file that cannot be replaced. */
  private String broken = "";

  /** The name of the file that cannot be read. */
  private String unreadable = "";

  /** Whether it can be read the second time. */
  private boolean readableSoon;

  private final Path dir =
      new WatchedFileSystem(new Watch(), files.provider()).watched(Path.of("/device"));

  private final class Watch implements WatchedFileSystem.Watch {
    @Override
    public void before(Path path) throws IOException {
      if (path.endsWith(broken)) {
        throw new FileSystemException(path.toString(), null, "Input/output error");
      }
      changed.add(path.toString());
    }

    @Override
    public void reading(Path path) throws IOException {
      if (path.endsWith(unreadable)) {
        unreadable = readableSoon ? "" : unreadable;
        throw new FileSystemException(path.toString(), null, "Input/output error");
      }
      read.add(path.toString());
    }
  }

  WayBackTest() throws Failure {
    List.of("", "/slots", "/download").forEach(name -> files.putDirectory("/device" + name));
    put("/proc/cmdline", "BOOT_IMAGE=/vmlinuz update_agent.slot=a quiet\n");
    put("/etc/os-release", "VERSION_ID=v1\n");
    put("/device/device.json", CONFIG);
    put("/device/work.lock", "");
    put("/device/state.json.lock", " ");
    put("/device/slots/a.img", "v1_\0");
    put("/device/slots/b.img", "\0\0\0\0");
    put("/device/grubenv", new String(BootEnvironment.of(Slot.A, 1).toBytes(), ISO_8859_1));
  }

  private void put(String path, String text) {
    files.put(path, new Content(text.getBytes(ISO_8859_1)));
  }

  private void putNote(String text) {
    put("/device/slots/a.json", text);
  }

  private UpdateContext context() {
    return new UpdateContext(
        dir,
        StateFile.at(dir.resolve("state.json")),
        LifecycleSettings.DEFAULT,
        engine,
        config -> server,
        (where, slot, version) -> HealthResult.HEALTHY,
        (config, lock) -> {
          throw new AssertionError("there is no fleet lock");
        },
        command -> {},
        () -> Duration.ZERO,
        DownloadProgress.NONE,
        line -> {},
        warnings::add);
  }

  private Slots slots() throws Failure {
    return Device.open(dir).slots();
  }

  private UpdateState state() {
    return StateFile.at(dir.resolve("state.json")).read().get().state();
  }

  private void stage() throws Failure {
    server.offers("v2", WalkServer.Fault.NONE);
    UpdateSession.run(context(), session -> new ApplyTask(session, false).run());
    assertThat(state().phase()).isEqualTo(Phase.STAGED);
  }

  private void activate() throws Failure {
    UpdateSession.run(context(), session -> new ActivateTask(session).run());
  }

  private void isNoted() throws Failure {
    assertThat(slots().isWhole(Slot.A)).isTrue();
    assertThat(slots().content(Slot.A).version()).isEqualTo("v1");
    assertThat(slots().content(Slot.A).size()).isEqualTo(4);
  }

  @Test
  void isNotedWhenTheSlotIsMarkedGood() throws Exception {
    new HealthCheckTask(context()).run();
    isNoted();
    for (String note : OF_NO_USE) {
      putNote(note);

      new HealthCheckTask(context()).run();

      isNoted();
      assertThat(slots().checkResult(Slot.A)).contains(CheckResult.PASSED);
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void isNotNotedAgainByEachHealthCheck() throws Exception {
    putNote(VALID.formatted("0".repeat(64)));

    new HealthCheckTask(context()).run();

    assertThat(read).noneMatch(path -> path.endsWith("a.img"));
  }

  @Test
  void isNotedBeforeTheSlotIsLeft() throws Exception {
    stage();
    for (String note : List.of("", VALID.formatted("0".repeat(64)))) {
      putNote(note);
      activate();
      isNoted();
      UpdateSession.run(
          context(), session -> new RollbackTask(session, new Rollback("no", true)).run());
      stage();
    }
  }

  @Test
  void keepsAValidNote() throws Exception {
    String note =
        new String(DeviceFactory.content("v1", WalkServer.image("v1")).toJson(), ISO_8859_1);
    putNote(note);
    stage();

    activate();

    assertThat(slots().content(Slot.A).size()).isEqualTo(3);
  }

  @Test
  void isRequiredBeforeTheSlotIsLeft() throws Exception {
    putNote(VALID.formatted("0".repeat(64)));
    stage();
    broken = "a.json";

    assertThatThrownBy(this::activate)
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("/device/slots/a.json: ")
        .hasMessageEndingWith("; the device could not go back to v1, so v2 is not activated");

    assertThat(state().phase()).isEqualTo(Phase.STAGED);
    assertThat(Device.open(dir).bootEnvironment().read().active()).isEqualTo(Slot.A);
    broken = "";
    activate();
    assertThat(state().phase()).isEqualTo(Phase.ACTIVATED);
    assertThat(state().attemptCount()).isEqualTo(1);
  }

  @Test
  void onlyWarnsIfTheSlotIsMarkedGoodAndCannotBeNoted() throws Exception {
    broken = "a.json";

    new HealthCheckTask(context()).run();

    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0)).startsWith("/device/slots/a.json: ");
    assertThat(Device.open(dir).bootEnvironment().read().good()).isTrue();
  }

  /** Writes a state, and Debian's version to os-release, which says nothing about v1. */
  private void putState(Phase phase) {
    put("/etc/os-release", "VERSION_ID=\"12\"\n");
    put(
        "/device/state.json",
        "{\"phase\":\"%s\",\"from_version\":\"v0\",\"to_version\":\"v1\"}".formatted(phase));
  }

  private void putOther(String version) {
    put("/device/slots/b.img", version + "_\0");
    put("/device/slots/b.json", VALID.formatted("0".repeat(64)).replace("v1", version));
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFYING", "SUCCESS"})
  void isKeptIfItsNoteCannotBeReadOnce(Phase phase) throws Exception {
    putState(phase);
    putNote(VALID.formatted("0".repeat(64)));
    putOther("v0");
    unreadable = "a.json";

    Throwable thrown = catchThrowable(() -> new HealthCheckTask(context()).run());

    String said = phase == Phase.VERIFYING ? thrown.getMessage() : warnings.toString();
    assertThat(said).contains("/device/slots/a.json: input/output error");
    assertThat(state().phase()).isEqualTo(phase);
    assertThat(state().rolledBackVersions()).isEmpty();
    assertThat(Device.open(dir).bootEnvironment().read().good()).isTrue();
    unreadable = "";
    new HealthCheckTask(context()).run();
    assertThat(state().phase()).isEqualTo(Phase.SUCCESS);
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFYING", "SUCCESS"})
  void isKnownByTheOtherSlotIfItsNoteIsLost(Phase phase) throws Exception {
    putState(phase);
    putNote("\0\0\0\0");
    putOther("v0");

    new HealthCheckTask(context()).run();

    assertThat(state().phase()).isEqualTo(Phase.SUCCESS);
    isNoted();
  }

  @Test
  void isTheOldVersionIfTheOtherSlotHoldsTheTarget() throws Exception {
    putState(Phase.SUCCESS);
    putNote("");
    putOther("v1");

    new HealthCheckTask(context()).run();

    assertThat(state().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(state().lastError()).contains("v0 runs instead of v1");
    assertThat(slots().content(Slot.A).version()).isEqualTo("v0");
  }

  @ParameterizedTest
  @EnumSource(names = {"ACTIVATED", "VERIFYING", "SUCCESS"})
  void endsTheUpdateIfNothingTellsWhatRuns(Phase phase) throws Exception {
    putState(phase);

    new HealthCheckTask(context()).run();

    assertThat(state().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(state().lastError())
        .contains("/device/slots/a.json: is missing: the content of slot a is unknown;"
            + " it is not known whether v1 runs");
    assertThat(state().rolledBackVersions()).as("it may be installed again").isEmpty();
    assertThat(Device.open(dir).bootEnvironment().read().good()).isTrue();
    stage();
    activate();
    assertThat(state().phase()).isEqualTo(Phase.ACTIVATED);
    assertThat(slots().content(Slot.A).version()).isEqualTo("12");
  }

  /** The unreadable note may be of this boot, so one more boot is awaited. */
  @Test
  void isAwaitedForOneBootIfTheNoteOfTheSwitchCannotBeRead() throws Exception {
    putUnreadableSwitch();

    new HealthCheckTask(context()).run();

    assertThat(state().phase()).isEqualTo(Phase.ACTIVATED);
    assertThat(warnings).anyMatch(line -> line.startsWith("/device/switched.json: "));
    unreadable = "";
    new HealthCheckTask(context()).run();
    assertThat(state().phase()).as("in the same boot").isEqualTo(Phase.ACTIVATED);

    String thisBoot = LinuxBoot.now().get().id();
    put(
        "/device/switched.json",
        Files.readString(dir.resolve("switched.json")).replace(thisBoot, "the boot before"));
    new HealthCheckTask(context()).run();
    assertThat(state().lastError()).contains("the boot loader did not take slot B");
  }

  /** A device that awaited a boot again and again would never come to rest. */
  @Test
  void isRolledBackIfTheNoteOfTheSwitchCanNeitherBeReadNorReplaced() throws Exception {
    putUnreadableSwitch();
    broken = "switched.json";

    new HealthCheckTask(context()).run();

    assertThat(state().lastError()).contains("the boot loader did not take slot B");
    assertThat(state().rolledBackVersions()).as("it may be installed again").isEmpty();
    assertThat(Device.open(dir).bootEnvironment().read().active()).isEqualTo(Slot.A);
  }

  private void putUnreadableSwitch() throws Failure {
    put(
        "/device/state.json",
        "{\"phase\":\"activated\",\"from_version\":\"v1\",\"to_version\":\"v2\","
            + "\"boot\":{\"id\":\"earlier\",\"uptime_s\":1}}");
    byte[] image = WalkServer.image("v2");
    files.put("/device/slots/b.img", new Content(image));
    files.put(
        "/device/slots/b.json", new Content(DeviceFactory.content("v2", image).toJson()));
    put("/device/grubenv", new String(BootEnvironment.of(Slot.B, 1).toBytes(), ISO_8859_1));
    put("/device/switched.json", "{}");
    unreadable = "switched.json";
  }

  @Test
  void isStillLeftAfterARollbackIfItsNoteIsLost() throws Exception {
    put("/etc/os-release", "VERSION_ID=\"12\"\n");
    put(
        "/device/state.json",
        "{\"phase\":\"rolled_back\",\"from_version\":\"v0\",\"to_version\":\"v1\","
            + "\"last_error\":\"e\"}");
    byte[] image = WalkServer.image("v0");
    files.put("/device/slots/b.img", new Content(image));
    files.put(
        "/device/slots/b.json", new Content(DeviceFactory.content("v0", image).toJson()));
    put("/device/grubenv", new String(BootEnvironment.of(Slot.B, 1).toBytes(), ISO_8859_1));

    Throwable thrown = catchThrowable(() -> new HealthCheckTask(context()).run());

    assertThat(thrown).hasMessageStartingWith("v1 was rolled back; reboot the device: slot b");
    assertThat(Device.open(dir).bootEnvironment().read().active()).isEqualTo(Slot.B);
    assertThat(warnings).isEmpty();
  }

  @Test
  void isNotSelectedIfTheTargetCannotBeReadOnce() throws Exception {
    stage();
    activate();
    unreadable = "b.img";
    readableSoon = true;

    new HealthCheckTask(context()).run();

    assertThat(state().phase()).isEqualTo(Phase.ACTIVATED);
    assertThat(Device.open(dir).bootEnvironment().read().active()).isEqualTo(Slot.B);
    assertThat(warnings).isEmpty();
  }

  @Test
  void isNotTheTargetIfNeitherStateNorOtherSlotNamesAVersionBeforeIt() throws Exception {
    putState(Phase.ACTIVATED);
    put("/device/state.json", "{\"phase\":\"activated\",\"to_version\":\"v1\"}");

    new HealthCheckTask(context()).run();

    assertThat(state().phase()).isEqualTo(Phase.ROLLED_BACK);
  }

  @Test
  void isNotNotedWhileTheStateCannotBeRead() throws Exception {
    putState(Phase.VERIFYING);
    putOther("v0");
    unreadable = "state.json";

    Throwable thrown = catchThrowable(() -> new HealthCheckTask(context()).run());

    assertThat(thrown).hasMessageContaining("input/output error");
    assertThat(Device.open(dir).bootEnvironment().read().good()).isTrue();
    unreadable = "";
    new HealthCheckTask(context()).run();
    assertThat(state().phase()).isEqualTo(Phase.SUCCESS);
    isNoted();
  }

  @Test
  void isWhatTheOperatorSaysIfNothingElseTellsIt() throws Exception {
    putState(Phase.VERIFYING);

    UpdateSession.reconcile(context(), "v0", Optional.empty());

    assertThat(state().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(state().lastError()).contains("v0 runs instead of v1");
  }

  @Test
  void getsAllItsBootsIfItIsMarkedGoodWithoutACounter() throws Failure {
    String block = "# GRUB Environment Block\nactive_slot=a\nboot_success=1\n";
    put("/device/grubenv", block + "#".repeat(1024 - block.length()));

    new HealthCheckTask(context()).run();

    BootEnvironment env = Device.open(dir).bootEnvironment().read();
    assertThat(env.good()).isTrue();
    assertThat(env.counter()).isEqualTo(1);
  }

  /** With exchanged slots the first update would overwrite the version that runs. */
  @Test
  void isMarkedGoodAndNothingElseIfItWasStartedFromAnotherPartition() throws Exception {
    putPartition("a", 2);
    putPartition("b", 3);
    server.offers("v2", WalkServer.Fault.NONE);
    for (String started : List.of("update_agent.partition=2", "update_agent.partition=gpt3", "")) {
      put("/proc/cmdline", "update_agent.slot=a " + started);
      assertThat(Device.open(dir).running().slot()).isEqualTo(Slot.A);
    }
    put("/proc/cmdline", "update_agent.slot=a update_agent.partition=3");
    changed.clear();
    List<String> failures = new ArrayList<>();

    new RunTask(context(), (step, failure) -> failures.add(failure.message())).run();
    failures.add(messageOfCommand(this::stage));
    failures.add(messageOfCommand(this::activate));
    failures.add(messageOf(() -> new HealthCheckTask(context()).run()));

    assertThat(Set.copyOf(failures))
        .containsExactly("/device/device.json: \"slots\": slot a, which runs, was started from"
            + " partition 3, but \"a\" is partition 2; let \"a\" be partition_a and \"b\" partition_b of"
            + " grub.cfg");
    assertThat(changed).isEmpty();

    String block = "# GRUB Environment Block\nactive_slot=a\nboot_counter=0\nboot_success=0\n";
    put("/device/grubenv", block + "#".repeat(1024 - block.length()));
    assertThat(messageOf(() -> new HealthCheckTask(context()).run())).isEqualTo(failures.get(0));
    assertThat(Device.open(dir).bootEnvironment().read().good()).isTrue();
  }

  private void putPartition(String slot, int number) {
    files.putDevice("/device/slots/" + slot + ".img", 259, number);
    put("/sys/dev/block/259:" + number + "/partition", number + "\n");
  }
}
