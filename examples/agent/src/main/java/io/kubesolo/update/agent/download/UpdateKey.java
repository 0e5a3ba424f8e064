package io.kubesolo.update.agent.download;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import io.vavr.control.Either;
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

  /** Reads what {@code openssl pkey -pubout} writes. */
  public static Either<Failure, UpdateKey> read(Path file) {
    return SmallFile.read(file)
        .flatMap(bytes ->
            of(new String(bytes, ISO_8859_1)).mapLeft(problem -> Failure.at(file, problem)));
  }

  private static Either<String, UpdateKey> of(String text) {
    Matcher pem = PEM.matcher(text);
    if (!pem.matches()) {
      return Either.left("is no public key in PEM format");
    }
    try {
      byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
      KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
      return Either.right(new UpdateKey(factory.generatePublic(new X509EncodedKeySpec(encoded))));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Either.left("is no " + ALGORITHM + " public key");
    }
  }

  /** Whether the signature was made over exactly these bytes with the private half. */
  public boolean signed(byte[] bytes, byte[] signature) {
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
