package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.download.Manifest;
import io.kubesolo.update.agent.download.UpdateKey;
import io.kubesolo.update.agent.testkit.Tools;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of a device directory: what is read, and what is said of one that is wrong. */
final class DeviceFilesTest {
  private static final String SHA256 = "0".repeat(64);

  @TempDir
  Path dir;

  @Test
  void readsAConfigurationWithItsDefaults() throws IOException {
    write("device.json", "{\"server\":\"http://h:1/a\",\"health_check\":[\"sh\",\"-c\",\"true\"]}");

    DeviceConfig config = Device.open(dir).get().config();

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
        "{\"server\":\"http://h/\",\"health_check\":[\"x\"],\"fetch_timeout\":5}|has keys that mean nothing here: fetch_timeout",
      })
  void saysWhatIsWrongWithAConfiguration(String json, String problem) throws IOException {
    Path file = write("device.json", json);

    assertThat(Device.open(dir).getLeft().message()).startsWith(file + ": " + problem);
  }

  @Test
  void saysThatTheDirectoryIsNoDevice() {
    assertThat(Device.open(dir).getLeft().message())
        .isEqualTo(dir.resolve("device.json") + ": does not exist");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../x", "/x", "http://h/x", "a/../x", ".x", "a//x", "", "a b", "a%2e", "a/"})
  void acceptsOnlyAPlainRelativeNameInTheManifest(String file) {
    assertThat(manifest("v", file, "5", SHA256).getLeft()).contains("\"file\" is no plain");
  }

  @Test
  void readsAManifestWithKeysItDoesNotKnow() {
    Either<String, Manifest> manifest = Manifest.parse(("{\"version\":\"v\",\"file\":\"i/v_1.img\","
            + "\"size\":5,\"sha256\":\"" + "A".repeat(64) + "\",\"notes\":{\"x\":[1,{}]}}")
        .getBytes(UTF_8));

    assertThat(manifest.get())
        .isEqualTo(new Manifest("i/v_1.img", new SlotContent("v", 5, "a".repeat(64))));
  }

  @Test
  void saysWhatIsWrongWithAManifest() {
    assertThat(manifest(" ", "f", "5", SHA256).getLeft()).isEqualTo("\"version\" is blank");
    assertThat(manifest("v".repeat(256), "f", "5", SHA256).getLeft()).contains("255 characters");
    assertThat(manifest("v", "f", "0", SHA256).getLeft()).contains("\"size\" is 0");
    assertThat(manifest("v", "f", "99999999999999999999", SHA256).getLeft())
        .contains("\"size\" is not a whole number");
    assertThat(manifest("v", "f", "5", "abc").getLeft()).contains("\"sha256\" is not 64");
  }

  private static Either<String, Manifest> manifest(
      String version, String file, String size, String sha256) {
    return Manifest.parse("{\"version\":\"%s\",\"file\":\"%s\",\"size\":%s,\"sha256\":\"%s\"}"
        .formatted(version, file, size, sha256)
        .getBytes(UTF_8));
  }

  @Test
  void verifiesWhatOpensslSigned() throws Exception {
    Tools.assumePresent("openssl");
    write("manifest", "exactly these bytes");
    openssl("genpkey", "-algorithm", "ed25519", "-out", "key");
    openssl("pkey", "-in", "key", "-pubout", "-out", "update.pub");
    openssl("pkeyutl", "-sign", "-inkey", "key", "-rawin", "-in", "manifest", "-out", "sig");

    UpdateKey key = UpdateKey.read(dir.resolve("update.pub")).get();
    byte[] signature = Files.readAllBytes(dir.resolve("sig"));

    assertThat(key.signed("exactly these bytes".getBytes(UTF_8), signature)).isTrue();
    assertThat(key.signed("exactly these byteZ".getBytes(UTF_8), signature)).isFalse();
    assertThat(key.signed("exactly these bytes".getBytes(UTF_8), new byte[64])).isFalse();
    assertThat(key.signed("exactly these bytes".getBytes(UTF_8), new byte[3])).isFalse();
  }

  @Test
  void saysWhatIsWrongWithAKey() throws Exception {
    Path file = write("update.pub", "ssh-ed25519 AAAA");
    assertThat(UpdateKey.read(file).getLeft().message())
        .isEqualTo(file + ": is no public key in PEM format");

    write("update.pub", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    assertThat(UpdateKey.read(file).getLeft().message())
        .isEqualTo(file + ": is no Ed25519 public key");
  }

  @Test
  void holdsASlotForWholeOnlyWhenNoteAndImageAgree() throws IOException {
    Slots slots = new Slots(dir);
    byte[] image = {1, 2, 3};
    Files.write(slots.image(Slot.A), Arrays.copyOf(image, 8));
    assertThat(slots.whole(Slot.A).getLeft().message()).contains("a.json: is missing");

    SlotContent content = DeviceFactory.content("v1", image);
    Files.write(slots.note(Slot.A), content.toJson());
    assertThat(slots.whole(Slot.A).get()).isEqualTo(content);

    Files.write(slots.image(Slot.A), new byte[] {1, 2, 4});
    assertThat(slots.whole(Slot.A).getLeft().message())
        .contains("a.img: does not hold the v1 that its note tells of");

    Files.write(slots.image(Slot.A), new byte[] {1, 2});
    assertThat(slots.whole(Slot.A).isLeft()).isTrue();

    Files.delete(slots.image(Slot.A));
    assertThat(slots.whole(Slot.A).getLeft().message()).endsWith("a.img: slot a is missing");
  }

  @Test
  void neitherMakesNorGrowsASlot() throws IOException {
    Slots slots = new Slots(dir);
    Path image = write("download", "12345");
    SlotContent content = DeviceFactory.content("v1", "12345".getBytes(UTF_8));

    assertThat(slots.write(Slot.B, image, content).getLeft().message())
        .isEqualTo(slots.image(Slot.B) + ": slot b is missing");
    assertThat(slots.image(Slot.B)).doesNotExist();

    Files.write(slots.image(Slot.B), new byte[4]);
    assertThat(slots.write(Slot.B, image, content).getLeft().message())
        .isEqualTo(slots.image(Slot.B) + ": slot b has room for 4 bytes; v1 has 5");
    assertThat(slots.image(Slot.B)).hasSize(4);
  }

  @Test
  void leavesASlotUnwholeWhenTheDownloadChangedAfterItWasVerified() throws IOException {
    Slots slots = new Slots(dir);
    Files.write(slots.image(Slot.B), new byte[8]);
    SlotContent old = DeviceFactory.content("v0", new byte[8]);
    Files.write(slots.note(Slot.B), old.toJson());
    SlotContent content = DeviceFactory.content("v1", "12345".getBytes(UTF_8));

    assertThat(
            slots.write(Slot.B, write("download", "12346"), content).getLeft().message())
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

  private void openssl(String... arguments) throws Exception {
    java.util.List<String> command = new java.util.ArrayList<>(java.util.List.of("openssl"));
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command)
        .directory(dir.toFile())
        .redirectErrorStream(true)
        .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }
}
