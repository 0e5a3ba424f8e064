package io.kubesolo.update.agent.device;

import static io.kubesolo.update.agent.testkit.Failures.messageOf;
import static io.kubesolo.update.agent.testkit.Failures.messageOfCommand;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.demo.DeviceFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files of a device directory, and the failures of invalid ones. */
final class DeviceFilesTest {
  @TempDir
  Path dir;

  @Test
  void readsAConfigurationWithItsDefaults() throws Exception {
    write("device.json", "{\"server\":\"http://h:1/a\",\"health_check\":[\"sh\",\"-c\",\"true\"]}");

    DeviceConfig config = Device.open(dir).config();

    assertThat(config.server()).hasToString("http://h:1/a/");
    assertThat(config.healthCheck()).containsExactly("sh", "-c", "true");
    assertThat(config.healthTimeout()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.fetchTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.bootTries()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|is not a JSON object",
        "{|is not JSON: line 1, column 2",
        "{} {}|goes on after its JSON object",
        "{\"server\":1,\"server\":2}|is not JSON: line 1",
        "{\"health_check\":[\"true\"]}|lacks \"server\"",
        "{\"server\":1,\"health_check\":[\"true\"]}|\"server\" is not a text",
        "{\"server\":\"ftp://h/\",\"health_check\":[\"true\"]}|\"server\" is no http or https address",
        "{\"server\":\"http:///x\",\"health_check\":[\"true\"]}|\"server\" is no http or https address",
        "{\"server\":\"http://h/?q\",\"health_check\":[\"true\"]}|\"server\" is no http or https address",
        "{\"server\":\"a b\",\"health_check\":[\"true\"]}|\"server\" is no address",
        "{\"server\":\"http://h/\"}|lacks \"health_check\"",
        "{\"server\":\"http://h/\",\"health_check\":\"true\"}|\"health_check\" is not a list of texts",
        "{\"server\":\"http://h/\",\"health_check\":[1]}|\"health_check\" is not a list of texts",
        "{\"server\":\"http://h/\",\"health_check\":[]}|\"health_check\" names no command",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"boot_tries\":0}|\"boot_tries\" is 0",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"boot_tries\":1.5}|\"boot_tries\" is not a whole number",
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"fetch_timeout\":5}|has unknown keys: fetch_timeout",
      })
  void saysWhatIsWrongWithAConfiguration(String json, String problem) throws Exception {
    Path file = write("device.json", json);

    assertThat(messageOf(() -> Device.open(dir))).startsWith(file + ": " + problem);
  }

  @Test
  void saysThatTheDirectoryIsNoDevice() throws Exception {
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

    assertThat(messageOfCommand(() -> slots.write(Slot.B, image, content)))
        .isEqualTo(slots.image(Slot.B) + ": slot b is missing");
    assertThat(slots.image(Slot.B)).doesNotExist();

    Files.write(slots.image(Slot.B), new byte[4]);
    assertThat(messageOfCommand(() -> slots.write(Slot.B, image, content)))
        .isEqualTo(slots.image(Slot.B) + ": slot b has room for 4 bytes; v1 has 5");
    assertThat(slots.image(Slot.B)).hasSize(4);
  }

  @Test
  void leavesASlotUnwholeWhenTheDownloadChangedAfterItWasVerified() throws Exception {
    Slots slots = new Slots(dir);
    Files.write(slots.image(Slot.B), new byte[8]);
    SlotContent old = DeviceFactory.content("v0", new byte[8]);
    Files.write(slots.note(Slot.B), old.toJson());
    SlotContent content = DeviceFactory.content("v1", "12345".getBytes(UTF_8));

    assertThat(messageOfCommand(() -> slots.write(Slot.B, write("download", "12346"), content)))
        .contains("changed after it was verified");
    assertThat(slots.note(Slot.B)).doesNotExist();
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
