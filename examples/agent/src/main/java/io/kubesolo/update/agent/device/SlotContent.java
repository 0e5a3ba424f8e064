package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.JsonObject;
import io.vavr.control.Either;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What is in a slot: an image of a version.
 *
 * <p>Immutable.
 *
 * @param version the version
 * @param size how many bytes, from the start of the slot
 * @param sha256 their SHA-256, in lower-case hexadecimal digits
 */
public record SlotContent(String version, long size, String sha256) {
  /** The keys of an object, as a slot's note and the manifest have them. */
  public static Either<String, SlotContent> of(JsonObject json) {
    return json.text("version")
        .flatMap(VersionSyntax::checked)
        .flatMap(version -> json.number("size", 1, Long.MAX_VALUE)
            .flatMap(size -> json.text("sha256")
                .flatMap(SlotContent::digits)
                .map(sha256 -> new SlotContent(version, size, sha256))));
  }

  private static Either<String, String> digits(String sha256) {
    return sha256.matches("[0-9a-fA-F]{64}")
        ? Either.right(sha256.toLowerCase(Locale.ROOT))
        : Either.left("\"sha256\" is not 64 hexadecimal digits");
  }

  public byte[] toJson() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("version", version);
    values.put("size", size);
    values.put("sha256", sha256);
    return (JsonObject.write(values) + "\n").getBytes(UTF_8);
  }
}
