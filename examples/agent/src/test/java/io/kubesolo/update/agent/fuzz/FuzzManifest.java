package io.kubesolo.update.agent.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubesolo.update.agent.download.Manifest;
import io.kubesolo.update.agent.download.UpdateServer;
import io.kubesolo.update.agent.http.Retries;
import io.kubesolo.update.agent.http.Transfer;
import io.kubesolo.update.agent.http.Waiting;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.UpdateEvent;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Any bytes as a manifest, with its signature or with any other bytes as signature. It is accepted
 * only if it is signed; then its version is one that an event may carry, and its file is within the
 * folder.
 */
public final class FuzzManifest {
  private static final Path KEY =
      Path.of(System.getProperty("fuzz.state", "")).toAbsolutePath().resolveSibling("update.pub");
  /** A directory that does not exist, so that each signature is verified. */
  private static final Path NOWHERE = KEY.resolveSibling("none").resolve("manifest.verified");

  private static final URI FOLDER = URI.create("http://server/updates/");
  private static final KeyPair KEYS = keys();

  private FuzzManifest() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] bytes) throws Exception {
    int split = Math.max(0, bytes.length - 64);
    byte[] manifest = Arrays.copyOf(bytes, split);
    byte[] signature = Arrays.copyOfRange(bytes, split, bytes.length);
    assertThat(catchThrowableOfType(Failure.class, () -> offer(manifest, signature))
            .message())
        .contains(
            signature.length == 64
                ? "the signature does not match manifest.json"
                : "a signature has 64");

    try {
      check(offer(bytes, sign(bytes)));
    } catch (Failure e) {
      assertThat(e.kind()).isEqualTo(Failure.Kind.OFFER);
      assertThat(e.message())
          .startsWith(FOLDER + "manifest.json: ")
          .matches("[^\\p{Cc}\\p{Cs}\\u2028\\u2029]+");
    }
  }

  private static void check(Manifest manifest) {
    assertThat(new UpdateEvent.Verify(manifest.version()).runningVersion())
        .isEqualTo(manifest.version());
    assertThat(manifest.content().size()).isPositive();
    assertThat(manifest.content().sha256()).matches("[0-9a-f]{64}");
    URI image = FOLDER.resolve(manifest.file());
    assertThat(image.normalize().toString()).isEqualTo(FOLDER + manifest.file());
  }

  private static Manifest offer(byte[] manifest, byte[] signature) throws Failure {
    return new UpdateServer() {
      @Override
      public byte[] fetch(String name, int maxBytes, Waiting<Failure> waiting) {
        return name.endsWith(".sig") ? signature : manifest;
      }

      @Override
      public Transfer<Failure> open(String name, long from, Waiting<Failure> waiting) {
        throw new UnsupportedOperationException();
      }

      @Override
      public Retries retries() {
        return new Retries(List.of(), pause -> {});
      }

      @Override
      public String address(String name) {
        return FOLDER.resolve(name).toString();
      }
    }.manifest(KEY, NOWHERE, () -> {});
  }

  private static byte[] sign(byte[] bytes) throws GeneralSecurityException {
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(KEYS.getPrivate());
    signer.update(bytes);
    return signer.sign();
  }

  private static KeyPair keys() {
    try {
      KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      String pem = "-----BEGIN PUBLIC KEY-----\n"
          + Base64.getEncoder().encodeToString(keys.getPublic().getEncoded())
          + "\n-----END PUBLIC KEY-----\n";
      Files.writeString(KEY, pem, UTF_8);
      return keys;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no key", e);
    }
  }
}
