package io.kubesolo.update.agent.download;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The public half of the key that the server's manifests are signed with. */
public final class UpdateKey {
  /** How many bytes a signature has. */
  static final int SIGNATURE_BYTES = 64;

  private static final String ALGORITHM = "Ed25519";
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----\\s*");

  private final PublicKey key;

  private UpdateKey(PublicKey key) {
    this.key = key;
  }

  /** Throws if a file holds no key. */
  public static void require(Path file) throws Failure {
    parse(file, SmallFile.read(file));
  }

  /** Parses what {@code openssl pkey -pubout} writes into a file. */
  static UpdateKey parse(Path file, byte[] bytes) throws Failure {
    Matcher pem = PEM.matcher(new String(bytes, ISO_8859_1));
    if (!pem.matches()) {
      throw Failure.at(file, "is not a public key in PEM format");
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
      KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
      return new UpdateKey(factory.generatePublic(new X509EncodedKeySpec(encoded)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw Failure.at(file, "is not an " + ALGORITHM + " public key");
    }
  }

  /** Returns whether the signature was made over exactly these bytes with the private half. */
  boolean verifies(byte[] bytes, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(key);
      verifier.update(bytes);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
