package io.kubesolo.update.agent.device;

import static io.kubesolo.update.agent.testkit.Failures.messageOf;
import static io.kubesolo.update.agent.testkit.Failures.messageOfCommand;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.device.DeviceConfig.Boot;
import io.kubesolo.update.agent.device.DeviceConfig.Health;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Phase;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of a device directory, and the failures of invalid ones. */
final class DeviceFilesTest {
  @TempDir
  Path dir;

  @Test
  void readsAConfigurationWithItsDefaults() throws Exception {
    write("device.json", "{\"server\":\"http://h:1/a\",\"health_check\":[\"sh\",\"-c\",\"true\"]}");

    DeviceConfig config = Device.open(dir).config();

    assertThat(config.server().get()).hasToString("http://h:1/a/");
    assertThat(config.fetchTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.caFile().get()).isEmpty();
    assertThat(config.authorizationFile().get()).isEmpty();
    assertThat(config.health())
        .isEqualTo(new Health(
            Setting.of(List.of("sh", "-c", "true")),
            Duration.ofSeconds(60),
            3,
            Duration.ofSeconds(10)));
    assertThat(config.health().limit()).isEqualTo(Duration.ofSeconds(200));
    assertThat(config.boot())
        .isEqualTo(new Boot(
            3,
            dir.resolve("grubenv"),
            Map.of(Slot.A, "slots/a.img", Slot.B, "slots/b.img"),
            Setting.of(List.of())));
    assertThat(config.repairsInvalidState()).isTrue();
    assertThat(config.activation()).isEqualTo(MaintenanceWindowTest.ALWAYS);
    assertThat(Device.open(dir).warnings(Deadlines.DEFAULT)).isEmpty();
  }

  @Test
  void readsTheSchemeOfAnAddressInEitherCase() throws Exception {
    write("device.json", "{\"server\":\"HTTPS://h/\",\"health_check\":[\"true\"]}");

    assertThat(Device.open(dir).config().server().get()).hasToString("HTTPS://h/");
  }

  @Test
  void readsAConfigurationWithAllKeys() throws Exception {
    write("device.json", """
        {"server": "https://h/a/", "fetch_timeout_s": 5, "ca_file": "ca.pem",
         "authorization_file": "/run/token", "health_check": ["true"], "health_timeout_s": 600,
         "health_tries": 4, "health_interval_s": 0, "boot_tries": 9, "grubenv": "/boot/grub/grubenv",
         "slots": {"a": "PARTLABEL=KSOLOA", "b": "/dev/sda3"}, "reboot": ["systemctl", "reboot"],
         "on_invalid_state": "stop",
         "activation": {"windows": ["Mon-Fri 02:00-04:00"], "hold_file": "hold",
          "fleet_lock": {"url": "http://lock", "group": "g.1", "id": "device 7"}}}""");

    DeviceConfig config = Device.open(dir).config();

    assertThat(config.server().get()).hasToString("https://h/a/");
    assertThat(config.caFile().get()).contains(dir.resolve("ca.pem"));
    assertThat(config.authorizationFile().get()).contains(Path.of("/run/token"));
    assertThat(config.health().limit()).isEqualTo(Duration.ofMinutes(40));
    assertThat(config.boot())
        .isEqualTo(new Boot(
            9,
            Path.of("/boot/grub/grubenv"),
            Map.of(Slot.A, "PARTLABEL=KSOLOA", Slot.B, "/dev/sda3"),
            Setting.of(List.of("systemctl", "reboot"))));
    assertThat(config.repairsInvalidState()).isFalse();
    assertThat(config.activation())
        .isEqualTo(new ActivationPolicy(
            Optional.of(List.of(MaintenanceWindow.parse("Mon-Fri 02:00-04:00"))),
            Optional.of(dir.resolve("hold")),
            Optional.of(
                new ActivationPolicy.FleetLock(URI.create("http://lock/"), "g.1", "device 7")),
            List.of()));
    assertThat(config.problems()).isEmpty();
    assertThat(Device.open(dir).slots().image(Slot.A))
        .isEqualTo(Path.of("/dev/disk/by-partlabel/KSOLOA"));
    assertThat(Device.open(dir).slots().image(Slot.B)).isEqualTo(Path.of("/dev/sda3"));
    assertThat(Device.open(dir).slots().note(Slot.A)).isEqualTo(dir.resolve("slots/a.json"));
  }

  @Test
  void warnsOfKeysThatItDoesNotKnow() throws Exception {
    Path file = write(
        "device.json",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"new\":{},\"slots\":{\"c\":1},"
            + "\"activation\":{\"moon\":1,\"fleet_lock\":{\"url\":\"http://l\",\"id\":\"x\",\"ttl\":2}}}");

    assertThat(Device.open(dir).warnings(Deadlines.DEFAULT))
        .containsExactly(file + ": unknown keys are ignored: new, slots.c, activation.moon,"
            + " activation.fleet_lock.ttl");
  }

  @Test
  void leavesVerifyingTheTimeThatTheHealthCheckMayTake() throws Exception {
    Path file = write(
        "device.json",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"health_timeout_s\":600,\"health_tries\":4}");
    Device device = Device.open(dir);

    assertThat(device.warnings(Deadlines.DEFAULT))
        .containsExactly(file + ": all tries and pauses of the health check take up to "
            + Deadlines.inWords(Duration.ofSeconds(2430))
            + ", which is now the deadline of verifying");
    Deadlines extended = device.config().extend(Deadlines.DEFAULT);
    assertThat(extended.limit(Phase.VERIFYING)).contains(Duration.ofSeconds(2430));
    assertThat(extended.limit(Phase.CHECKING)).isEqualTo(Deadlines.DEFAULT.limit(Phase.CHECKING));
    Deadlines none = new Deadlines(Map.of());
    assertThat(device.config().extend(none)).isSameAs(none);
    assertThat(device.warnings(none)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|is not a JSON object",
        "{|is not JSON: line 1, column 2",
        "{} {}|has content after the end of its JSON object",
        "{\"server\":1,\"server\":2}|has \"server\" twice: line 1, column 13",
        "{\"server\":null,\"server\":2}|has \"server\" twice: line 1, column 16",
        "{\"slots\":{\"a\":\"x\",\"a\":\"y\"}}|has \"a\" twice: line 1, column 19",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"grubenv\":\" \"}|\"grubenv\" is blank",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"grubenv\":\"\\u0000\"}|\"grubenv\" is not a path",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"slots\":[]}|\"slots\" is not an object",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"slots\":{\"b\":\"PARTLABEL=\"}}|\"slots\": \"b\" names neither",
        "{\"slots\":{\"b\":\"x\\u0000\"}}|\"slots\": \"b\" names neither",
        "{\"slots\":{\"a\":\"slots/\\ud800.img\"}}|\"slots\": \"a\" is not a path in the encoding of the locale",
        "{\"slots\":{\"b\":\"PARTLABEL=\\udc00\"}}|\"slots\": \"b\" is not a path in the encoding of the locale",
        "{\"grubenv\":\"\\ud800\"}|\"grubenv\" is not a path in the encoding of the locale",
      })
  void rejectsAConfigurationWithoutAPlaceToMarkASlotGood(String json, String problem)
      throws Exception {
    Path file = write("device.json", json);

    assertThat(messageOf(() -> Device.open(dir))).startsWith(file + ": " + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"health_check\":[\"true\"]}|lacks \"server\"",
        "{\"server\":1,\"health_check\":[\"true\"]}|\"server\" is not a text",
        "{\"server\":\"ftp://h/\",\"health_check\":[\"true\"]}|\"server\" is not an http or https address",
        "{\"server\":\"http:///x\",\"health_check\":[\"true\"]}|\"server\" is not an http or https address",
        "{\"server\":\"http://h/?q\",\"health_check\":[\"true\"]}|\"server\" is not an http or https address",
        "{\"server\":\"http://h:65536/\",\"health_check\":[\"true\"]}|\"server\" is not an http or https address",
        "{\"server\":\"a b\",\"health_check\":[\"true\"]}|\"server\" is not an address",
        "{\"server\":\"http://h/\"}|lacks \"health_check\"",
        "{\"server\":\"http://h/\",\"health_check\":\"true\"}|\"health_check\" is not a list of texts",
        "{\"server\":\"http://h/\",\"health_check\":[1]}|\"health_check\" is not a list of texts",
        "{\"server\":\"http://h/\",\"health_check\":[]}|\"health_check\" names no command",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"boot_tries\":0}|\"boot_tries\" is 0",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"boot_tries\":1.5}|\"boot_tries\" is not a whole number",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"boot_tries\":10}|\"boot_tries\" is 10; it must be 1 to 9",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"health_tries\":0}|\"health_tries\" is 0",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"health_interval_s\":-1}|\"health_interval_s\" is -1",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"reboot\":[]}|\"reboot\" names no command",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"on_invalid_state\":\"ask\"}|\"on_invalid_state\" is neither",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"ca_file\":1}|\"ca_file\" is not a text",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"activation\":1}|\"activation\" is not an object",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"activation\":{\"windows\":[\"x\"]}}|\"windows\": \"x\" is not a window",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"activation\":{\"fleet_lock\":{}}}|\"fleet_lock\": lacks \"url\"",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"activation\":{\"fleet_lock\":{\"url\":\"http://l\",\"id\":\"\"}}}|\"fleet_lock\": \"id\" is blank",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"activation\":{\"fleet_lock\":{\"id\":\"x\",\"url\":\"h\"}}}|\"fleet_lock\": \"url\" is not an http",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"activation\":{\"fleet_lock\":{\"url\":\"http://l\",\"group\":\"a_b\"}}}|\"fleet_lock\": \"group\" is not one",
      })
  void warnsOfWhatIsWrongWithAConfiguration(String json, String problem) throws Exception {
    Path file = write("device.json", json);

    assertThat(Device.open(dir).warnings(Deadlines.DEFAULT))
        .singleElement()
        .asString()
        .startsWith(file + ": " + problem);
  }

  @Test
  void showsNoQueryOfAnAddress() throws Exception {
    write("device.json", "{\"server\":\"http://h/x?token=abc\",\"health_check\":[\"true\"]}");
    DeviceConfig config = Device.open(dir).config();

    assertThat(messageOf(() -> config.server().get()))
        .endsWith("\"server\" is not an http or https address of a directory: http://h/x?...");
  }

  @Test
  void reportsAWrongValueWhereItIsUsed() throws Exception {
    Path file = write(
        "device.json",
        "{\"server\":1,\"ca_file\":2,\"authorization_file\":\"\"," + "\"reboot\":[]}");
    DeviceConfig config = Device.open(dir).config();

    assertThat(messageOfCommand(config::requireServer))
        .isEqualTo(file + ": \"server\" is not a text");
    assertThat(messageOf(() -> config.server().get()))
        .isEqualTo(file + ": \"server\" is not a text");
    assertThat(messageOf(() -> config.caFile().get()))
        .isEqualTo(file + ": \"ca_file\" is not a text");
    assertThat(messageOf(() -> config.authorizationFile().get()))
        .isEqualTo(file + ": \"authorization_file\" is blank");
    assertThat(messageOf(() -> config.health().command().get()))
        .isEqualTo(file + ": lacks \"health_check\"");
    assertThat(messageOf(() -> config.boot().reboot().get()))
        .isEqualTo(file + ": \"reboot\" names no command");
  }

  @Test
  void usesTheDefaultInsteadOfAWrongNumber() throws Exception {
    Path file = write("device.json", """
        {"server": "http://h/", "health_check": ["true"], "fetch_timeout_s": 2.5,
         "health_timeout_s": 0, "health_tries": 1000, "health_interval_s": "1", "boot_tries": 10,
         "on_invalid_state": "ask"}""");
    Device device = Device.open(dir);

    assertThat(device.config().fetchTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(device.config().health().limit()).isEqualTo(Duration.ofSeconds(200));
    assertThat(device.config().boot().tries()).isEqualTo(3);
    assertThat(device.config().repairsInvalidState()).isTrue();
    assertThat(device.warnings(Deadlines.DEFAULT))
        .contains(
            file + ": \"fetch_timeout_s\" is not a whole number; 30 is used",
            file + ": \"boot_tries\" is 10; it must be 1 to 9; 3 is used",
            file + ": \"on_invalid_state\" is neither \"repair\" nor \"stop\"; \"repair\" is used")
        .hasSize(6);
  }

  @Test
  void takesNullForAbsent() throws Exception {
    write("device.json", """
        {"server": "http://h/", "health_check": ["true"], "ca_file": null, "reboot": null,
         "boot_tries": null, "slots": null, "grubenv": null, "on_invalid_state": null,
         "activation": {"windows": null, "hold_file": null, "fleet_lock": null}}""");
    Device device = Device.open(dir);

    assertThat(device.warnings(Deadlines.DEFAULT)).isEmpty();
    assertThat(device.config().caFile().get()).isEmpty();
    assertThat(device.config().activation()).isEqualTo(MaintenanceWindowTest.ALWAYS);
  }

  @Test
  void keepsTheOtherRulesOfAPolicyWithAWrongOne() throws Exception {
    Path file = write("device.json", """
        {"server": "http://h/", "health_check": ["true"], "activation": {"windows": ["Mon 2:00"],
         "hold_file": "hold", "fleet_lock": {"url": "http://lock", "id": "x"}}}""");
    ActivationPolicy policy = Device.open(dir).config().activation();

    assertThat(policy.holdFile()).contains(dir.resolve("hold"));
    assertThat(policy.fleetLock()).isPresent();
    assertThat(policy.waits(ZonedDateTime.now(ZoneOffset.UTC), () -> Instant.EPOCH))
        .singleElement()
        .matches(wait -> wait.reason() == ActivationWait.Reason.CONFIGURATION)
        .matches(wait -> wait.words().startsWith(file + ": \"windows\": \"Mon 2:00\""))
        .matches(wait -> wait.words().endsWith("; no update is activated"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://user:secret@h/",
        "http://secret@h/",
        "http://user:secret@no_host/",
        "ftp://user:secret@h/",
        "http://user:sec ret@h/",
        "http:/user:secret@h/",
      })
  void rejectsAnAddressWithAPasswordAndDoesNotShowIt(String address) throws Exception {
    write("device.json", "{\"server\":\"" + address + "\",\"health_check\":[\"x\"]}");

    assertThat(messageOf(() -> Device.open(dir).config().server().get()))
        .contains("\"server\"")
        .doesNotContain("sec")
        .doesNotContain("user:");
    assertThat(Device.open(dir).warnings(Deadlines.DEFAULT).toString()).doesNotContain("sec");
  }

  @Test
  void rejectsADirectoryWithoutDeviceJson() throws Exception {
    assertThat(messageOf(() -> Device.open(dir)))
        .isEqualTo(dir.resolve("device.json") + ": no such file or directory");
  }

  @Test
  void holdsASlotForWholeOnlyWhenNoteAndImageAgree() throws Exception {
    Slots slots = new Slots(dir);
    byte[] image = {1, 2, 3};
    Files.write(slots.image(Slot.A), Arrays.copyOf(image, 8));
    assertThat(messageOf(() -> slots.verifiedContent(Slot.A))).contains("a.json: is missing");

    SlotContent content = DeviceFactory.content("v1", image);
    Files.write(slots.note(Slot.A), content.toJson());
    assertThat(slots.verifiedContent(Slot.A)).isEqualTo(content);
    assertThat(slots.holds(Slot.A, content)).isTrue();

    Files.write(slots.image(Slot.A), new byte[] {1, 2, 4});
    assertThat(messageOf(() -> slots.verifiedContent(Slot.A)))
        .contains("a.img: does not hold v1, which its note names");

    Files.write(slots.image(Slot.A), new byte[] {1, 2});
    assertThat(slots.holds(Slot.A, content)).isFalse();

    Files.delete(slots.image(Slot.A));
    assertThat(messageOf(() -> slots.verifiedContent(Slot.A))).endsWith("a.img: slot a is missing");
  }

  @Test
  void neitherMakesNorGrowsASlot() throws Exception {
    Slots slots = new Slots(dir);
    Path image = write("download", "12345");
    SlotContent content = DeviceFactory.content("v1", "12345".getBytes(UTF_8));

    assertThat(messageOfCommand(() -> slots.write(Slot.B, Slot.A, image, content)))
        .isEqualTo(slots.image(Slot.B) + ": slot b is missing");
    assertThat(slots.image(Slot.B)).doesNotExist();

    Files.write(slots.image(Slot.A), new byte[4]);
    Files.write(slots.image(Slot.B), new byte[4]);
    assertThat(messageOfCommand(() -> slots.write(Slot.B, Slot.A, image, content)))
        .isEqualTo(slots.image(Slot.B) + ": slot b has room for 4 bytes; v1 has 5");
    assertThat(slots.image(Slot.B)).hasSize(4);
  }

  @Test
  void leavesASlotUnwholeWhenTheDownloadChangedAfterItWasVerified() throws Exception {
    Slots slots = new Slots(dir);
    Files.write(slots.image(Slot.A), new byte[8]);
    Files.write(slots.image(Slot.B), new byte[8]);
    SlotContent old = DeviceFactory.content("v0", new byte[8]);
    Files.write(slots.note(Slot.B), old.toJson());
    SlotContent content = DeviceFactory.content("v1", "12345".getBytes(UTF_8));

    assertThat(messageOfCommand(
            () -> slots.write(Slot.B, Slot.A, write("download", "12346"), content)))
        .contains("changed after it was verified");
    assertThat(slots.note(Slot.B)).doesNotExist();
  }

  @Test
  void notesWhatACheckFoundAboutAContent() throws Exception {
    Slots slots = new Slots(dir);
    SlotContent content = DeviceFactory.content("v1", new byte[] {1});
    slots.noteCheck(Slot.A, CheckResult.FAILED);
    assertThat(slots.note(Slot.A)).doesNotExist();

    Files.write(slots.note(Slot.A), content.toJson());
    assertThat(slots.checkResult(Slot.A)).isEmpty();
    slots.noteCheck(Slot.A, CheckResult.FAILED);
    assertThat(slots.checkResult(Slot.A)).contains(CheckResult.FAILED);
    assertThat(slots.content(Slot.A)).isEqualTo(content);
    slots.noteCheck(Slot.A, CheckResult.PASSED);
    assertThat(slots.checkResult(Slot.A)).contains(CheckResult.PASSED);

    String other =
        Files.readString(slots.note(Slot.A)).replaceFirst(content.sha256(), "0".repeat(64));
    Files.writeString(slots.note(Slot.A), other);
    assertThat(slots.checkResult(Slot.A)).as("about another content").isEmpty();
  }

  @Test
  void keepsTheKeysOfANoteThatAnotherAgentWrote() throws Exception {
    Slots slots = new Slots(dir);
    SlotContent content = DeviceFactory.content("v1", new byte[] {1});
    String others = ",\"x\":{\"y\":[1.50,true,null,\"z\"]},\"n\":123456789012345678901}";
    String note = new String(content.toJson(), UTF_8).strip().replace("}", others);
    Files.writeString(slots.note(Slot.A), note);

    slots.noteCheck(Slot.A, CheckResult.PASSED);

    assertThat(slots.checkResult(Slot.A)).contains(CheckResult.PASSED);
    slots.forgetCheck(Slot.A);
    assertThat(Files.readString(slots.note(Slot.A))).isEqualTo(note + "\n");
  }

  @Test
  void takesANoteThatIsTooLongForAnInvalidOne() throws Exception {
    Slots slots = new Slots(dir);
    Files.writeString(slots.note(Slot.A), "{\"version\":\"" + "v".repeat(1 << 16) + "\"}");

    assertThat(slots.notedContent(Slot.A)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"check_sha256\":5", "\"check_sha256\":\"%s\",\"check\":[]"})
  void keepsTheContentOfANoteWhoseCheckIsWrong(String check) throws Exception {
    Slots slots = new Slots(dir);
    SlotContent content = DeviceFactory.content("v1", new byte[] {1});
    String note = new String(content.toJson(), UTF_8).strip();
    Files.writeString(
        slots.note(Slot.A), note.replace("}", "," + check.formatted(content.sha256()) + "}"));

    assertThat(slots.content(Slot.A)).isEqualTo(content);
    assertThat(slots.checkResult(Slot.A)).isEmpty();

    slots.noteCheck(Slot.A, CheckResult.PASSED);
    assertThat(slots.checkResult(Slot.A)).contains(CheckResult.PASSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\\ud800"})
  void rejectsABootWithoutAValidId(String id) throws Exception {
    Path file =
        write("running.json", "{\"slot\":\"a\",\"boot_id\":\"" + id + "\",\"host_uptime_ms\":0}");

    assertThat(messageOf(() -> BootRecord.read(file)))
        .isEqualTo(file + ": \"boot_id\" is blank or not well-formed Unicode");
  }

  @Test
  void neverWritesTheRunningSlotUnderAnyName() throws Exception {
    Slots slots = new Slots(dir);
    Path image = write("download", "12345");
    SlotContent content = DeviceFactory.content("v1", "12345".getBytes(UTF_8));
    Files.write(slots.image(Slot.A), new byte[8]);
    Files.write(slots.note(Slot.A), DeviceFactory.content("v0", new byte[8]).toJson());
    Files.createLink(slots.image(Slot.B), slots.image(Slot.A));

    for (Slot slot : Slot.values()) {
      assertThat(messageOfCommand(() -> slots.write(slot, Slot.A, image, content)))
          .isEqualTo(slots.image(slot) + ": is the slot that runs, which is never written");
    }
    assertThat(slots.verifiedContent(Slot.A).version()).isEqualTo("v0");
  }

  @Test
  void measuresTheTimeWithinABoot() {
    BootRecord running = new BootRecord(Slot.A, "id", Duration.ofSeconds(100));

    assertThat(running.at(Duration.ofSeconds(130)).uptime()).isEqualTo(Duration.ofSeconds(30));
    assertThat(running.at(Duration.ofSeconds(5)).uptime()).isZero();
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text);
  }
}
