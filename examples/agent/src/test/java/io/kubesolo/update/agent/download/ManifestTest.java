package io.kubesolo.update.agent.download;

import static io.kubesolo.update.agent.testkit.Failures.messageOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.device.SlotContent;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifest and the key that it is verified with. */
final class ManifestTest {
  private static final String SHA256 = "0".repeat(64);

  @TempDir
  Path dir;

  @ParameterizedTest
  @ValueSource(
      strings = {"../x", "/x", "http://h/x", "a/../x", ".x", "a//x", "", "a b", "a%2e", "a/"})
  void acceptsOnlyAPlainRelativeNameInTheManifest(String file) throws Exception {
    assertThat(messageOf(() -> manifest("v", file, "5", SHA256)))
        .contains("\"file\" is not a plain");
  }

  @Test
  void readsAManifestWithKeysItDoesNotKnow() throws Exception {
    Manifest manifest = Manifest.parse(("{\"version\":\"v\",\"file\":\"i/v_1.img\","
            + "\"size\":5,\"sha256\":\"" + "A".repeat(64) + "\",\"notes\":{\"x\":[1,{}]}}")
        .getBytes(UTF_8));

    assertThat(manifest)
        .isEqualTo(new Manifest("i/v_1.img", new SlotContent("v", 5, "a".repeat(64))));
  }

  @Test
  void saysWhatIsWrongWithAManifest() throws Exception {
    assertThat(messageOf(() -> manifest(" ", "f", "5", SHA256))).isEqualTo("\"version\" is blank");
    assertThat(messageOf(() -> manifest("v".repeat(256), "f", "5", SHA256)))
        .contains("255 characters");
    assertThat(messageOf(() -> manifest("v", "f", "0", SHA256))).contains("\"size\" is 0");
    assertThat(messageOf(() -> manifest("v", "f", "99999999999999999999", SHA256)))
        .contains("\"size\" is not a whole number");
    assertThat(messageOf(() -> manifest("v", "f", "5", "abc"))).contains("\"sha256\" is not 64");
  }

  private static Manifest manifest(String version, String file, String size, String sha256)
      throws Failure {
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

    UpdateKey key = UpdateKey.parse(dir, Files.readAllBytes(dir.resolve("update.pub")));
    byte[] signature = Files.readAllBytes(dir.resolve("sig"));

    assertThat(key.verifies("exactly these bytes".getBytes(UTF_8), signature)).isTrue();
    assertThat(key.verifies("exactly these byteZ".getBytes(UTF_8), signature)).isFalse();
    assertThat(key.verifies("exactly these bytes".getBytes(UTF_8), new byte[64]))
        .isFalse();
    assertThat(key.verifies("exactly these bytes".getBytes(UTF_8), new byte[3])).isFalse();
  }

  @Test
  void saysWhatIsWrongWithAKey() throws Exception {
    Path file = write("update.pub", "ssh-ed25519 AAAA");
    assertThat(messageOf(() -> UpdateKey.parse(file, Files.readAllBytes(file))))
        .isEqualTo(file + ": is not a public key in PEM format");

    write("update.pub", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    assertThat(messageOf(() -> UpdateKey.parse(file, Files.readAllBytes(file))))
        .isEqualTo(file + ": is not an Ed25519 public key");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text);
  }

  private void openssl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
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
