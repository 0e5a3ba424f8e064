package io.kubesolo.update.agent.download;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.demo.DeviceFactory;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.DeviceWithServer;
import io.kubesolo.update.agent.testkit.RawServer;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.agent.testkit.TestDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/**
 * A manifest that was verified before is not verified again, and no other one is taken for
 * verified.
 */
final class VerifiedManifestTest extends DeviceWithServer {
  private Path record;
  private byte[] manifest;
  private byte[] signature;

  @BeforeEach
  void checkOnce() throws IOException {
    record = device.dir.resolve("manifest.verified");
    manifest =
        DeviceFactory.manifest("v2.img", DeviceFactory.content("v2", TestDevice.image("v2")));
    signature = device.maker.sign(manifest);
    serve(manifest, signature);
    device.done("check");
    assertThat(record).exists();
  }

  private void serve(byte[] offered, byte[] signed) {
    server.on("manifest.json", RawServer.file(offered));
    server.on("manifest.json.sig", RawServer.file(signed));
  }

  private void isRejected() {
    CommandLineRun.Result result = device.run("check");

    assertThat(result.code()).as("%s", result).isNotZero();
    assertThat(result.err()).contains("the signature does not match");
  }

  private static byte[] changed(byte[] bytes, int at) {
    byte[] copy = bytes.clone();
    copy[at] ^= 1;
    return copy;
  }

  /** Uses a wrong signature and an invalid key: only the record can make this succeed. */
  @Test
  void theSameBytesAreNotVerifiedAgain() throws Exception {
    byte[] key = "no key".getBytes(UTF_8);
    byte[] wrong = new byte[UpdateKey.SIGNATURE_BYTES];
    Files.write(device.dir.resolve("update.pub"), key);
    serve(manifest, wrong);
    VerifiedManifest.read(record).replace(key, wrong, manifest);

    assertThat(device.done("check").out()).contains("v2");
  }

  @Test
  void anotherManifestIsVerified() {
    serve(changed(manifest, manifest.length - 3), signature);
    isRejected();
    serve(Arrays.copyOf(manifest, manifest.length + 1), signature);
    isRejected();
  }

  @Test
  void anotherSignatureIsVerified() {
    serve(manifest, changed(signature, 0));
    isRejected();
  }

  @Test
  void aRejectedManifestIsNotRecorded() throws Exception {
    byte[] before = Files.readAllBytes(record);

    serve(manifest, changed(signature, 0));
    isRejected();

    assertThat(record).hasBinaryContent(before);
    isRejected();
  }

  @Test
  void anotherKeyVerifiesAgain() throws Exception {
    Path key = device.dir.resolve("update.pub");
    Files.writeString(key, Files.readString(key) + "\n");
    device.done("check");

    new DeviceFactory().makeDevice(dir.resolve("other"), Map.of(), 1, "v1", new byte[1]);
    Files.copy(dir.resolve("other/update.pub"), key, StandardCopyOption.REPLACE_EXISTING);
    isRejected();

    Files.writeString(key, "no key");
    assertThat(device.run("check").err()).contains("is not a public key");
  }

  /** Changes or cuts each byte of the record. */
  @Test
  void aDamagedRecordVerifiesNothing() throws Exception {
    byte[] whole = Files.readAllBytes(record);
    byte[] key = Files.readAllBytes(device.dir.resolve("update.pub"));
    for (int i = 0; i < whole.length; i++) {
      Files.write(record, changed(whole, i));
      assertThat(VerifiedManifest.read(record).isOf(key, signature, manifest)).isFalse();
      Files.write(record, Arrays.copyOf(whole, i));
      assertThat(VerifiedManifest.read(record).isOf(key, signature, manifest)).isFalse();
    }
    Files.write(record, Arrays.copyOf(whole, whole.length + 1));
    assertThat(VerifiedManifest.read(record).isOf(key, signature, manifest)).isFalse();

    device.done("check");
    assertThat(record).hasBinaryContent(whole);
  }

  /** Divides the same bytes in each possible way into a key, a signature and a manifest. */
  @Test
  void oneRecordIsOfOneKeyOneSignatureAndOneManifest() throws Exception {
    byte[] key = Files.readAllBytes(device.dir.resolve("update.pub"));
    byte[] all =
        Arrays.copyOfRange(Files.readAllBytes(record), Integer.BYTES, (int) Files.size(record));
    VerifiedManifest held = VerifiedManifest.read(record);
    for (int end = 0; end + signature.length <= all.length; end++) {
      byte[] before = Arrays.copyOf(all, end);
      int from = end + signature.length;
      assertThat(held.isWith(before)).isEqualTo(end == key.length);
      assertThat(held.isOf(
              before,
              Arrays.copyOfRange(all, end, from),
              Arrays.copyOfRange(all, from, all.length)))
          .isEqualTo(end == key.length);
    }
  }

  @Test
  @Timeout(value = 20, threadMode = ThreadMode.SEPARATE_THREAD)
  void aFifoInItsPlaceIsReplaced() throws Exception {
    byte[] whole = Files.readAllBytes(record);
    Files.delete(record);
    Shell.must("mkfifo", record.toString());

    device.done("check");

    assertThat(record).hasBinaryContent(whole);
  }

  @Test
  void aRecordThatCannotBeReadOrWrittenChangesNothing() throws Exception {
    Files.delete(record);
    Files.createDirectory(record);

    CommandLineRun.Result result = device.done("check");

    assertThat(result.err()).isEmpty();
    assertThat(record).isEmptyDirectory();
    serve(manifest, changed(signature, 0));
    isRejected();
  }
}
