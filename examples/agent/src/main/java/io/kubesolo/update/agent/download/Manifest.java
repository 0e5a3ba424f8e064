package io.kubesolo.update.agent.download;

import io.kubesolo.update.agent.device.SlotContent;
import io.kubesolo.update.agent.http.HttpException;
import io.kubesolo.update.agent.http.Retries;
import io.kubesolo.update.agent.http.Waiting;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.Failure.Kind;
import io.kubesolo.update.agent.io.JsonObject;
import io.kubesolo.update.agent.io.SmallFile;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What the server offers.
 *
 * <p>Immutable.
 *
 * @param file the image's name, relative to the manifest
 * @param content what the image holds
 */
public record Manifest(String file, SlotContent content) {
  /** Its name on the server; {@code .sig} is added to name its signature. */
  public static final String NAME = "manifest.json";

  private static final int MAX_BYTES = 64 * 1024;

  private static final String SEGMENT = "[A-Za-z0-9_][A-Za-z0-9._+~-]*";
  private static final Pattern PLAIN_NAME = Pattern.compile(SEGMENT + "(/" + SEGMENT + ")*");

  private static final String SIGNATURE = NAME + ".sig";

  /** Returns the version on offer. */
  public String version() {
    return content.version();
  }

  /**
   * Fetches the manifest and verifies its signature, unless the last one that was verified had the
   * same bytes, before it parses a byte of it. If they do not match, both are fetched again, because a
   * publisher replaces the two files one after the other. All these requests share one count of retries.
   */
  static Manifest fetch(
      UpdateServer server, Path publicKey, Path verified, Waiting<Failure> waiting) throws Failure {
    byte[] key = SmallFile.read(publicKey);
    VerifiedManifest last = VerifiedManifest.read(verified);
    if (!last.isWith(key)) {
      UpdateKey.parse(publicKey, key); // an invalid key is reported before the server is asked
    }
    Retries retries = server.retries();
    Retries.Attempt<byte[], Failure> attempt = () -> {
      byte[] manifest =
          fetch(server, NAME, retries, () -> server.fetch(NAME, MAX_BYTES, waiting), waiting);
      byte[] signature =
          fetch(server, SIGNATURE, retries, () -> fetchSignature(server, waiting), waiting);
      if (!last.isOf(key, signature, manifest)) {
        if (!UpdateKey.parse(publicKey, key).verifies(manifest, signature)) {
          throw HttpException.retry("the signature does not match " + NAME + " and " + publicKey);
        }
        last.replace(key, signature, manifest);
      }
      return manifest;
    };
    try {
      return parse(retries.run(attempt, waiting), server.address(NAME));
    } catch (HttpException e) {
      throw Failure.of(Kind.OFFER, server.address(SIGNATURE) + ": " + e.problem());
    }
  }

  private static Manifest parse(byte[] manifest, String address) throws Failure {
    try {
      return parse(manifest);
    } catch (Failure e) {
      throw Failure.of(Kind.OFFER, address + ": " + e.message());
    }
  }

  private static byte[] fetch(
      UpdateServer server,
      String name,
      Retries retries,
      Retries.Attempt<byte[], Failure> attempt,
      Waiting<Failure> waiting)
      throws Failure {
    try {
      return retries.run(attempt, waiting);
    } catch (HttpException e) {
      throw server.failure(name, e);
    }
  }

  /** Throws for bytes of another number: they are no signature, and say nothing about the offer. */
  private static byte[] fetchSignature(UpdateServer server, Waiting<Failure> waiting)
      throws HttpException, Failure {
    byte[] bytes = server.fetch(SIGNATURE, UpdateKey.SIGNATURE_BYTES, waiting);
    if (bytes.length != UpdateKey.SIGNATURE_BYTES) {
      throw HttpException.retry("malformed answer: has %d bytes, a signature has %d"
          .formatted(bytes.length, UpdateKey.SIGNATURE_BYTES));
    }
    return bytes;
  }

  /** Parses a manifest whose signature was verified. */
  static Manifest parse(byte[] bytes) throws Failure {
    JsonObject json = JsonObject.parse(bytes);
    SlotContent content = SlotContent.of(json);
    String file = json.text("file");
    if (!PLAIN_NAME.matcher(file).matches()) {
      throw Failure.of("\"file\" is not a plain relative name: " + file);
    }
    return new Manifest(file, content);
  }
}
