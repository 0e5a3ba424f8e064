package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The content of a slot: an image of a version.
 *
 * <p>Immutable.
 *
 * @param version the version
 * @param size how many bytes, from the start of the slot
 * @param sha256 their SHA-256, in lower-case hexadecimal digits
 */
public record SlotContent(String version, long size, String sha256) {
  /** Reads the keys that a slot's note and the manifest have in common. */
  public static SlotContent of(JsonObject json) throws Failure {
    return new SlotContent(
        VersionSyntax.require("\"version\"", json.text("version")),
        json.number("size", 1, Long.MAX_VALUE),
        digits(json.text("sha256")));
  }

  private static String digits(String sha256) throws Failure {
    if (!sha256.matches("[0-9a-fA-F]{64}")) {
      throw Failure.of("\"sha256\" is not 64 hexadecimal digits");
    }
    return sha256.toLowerCase(Locale.ROOT);
  }

  /** Returns the note of a slot with this content. */
  public byte[] toJson() {
    return SlotNote.of(this).toJson();
  }

  /** Returns the keys that {@link #of} reads. */
  Map<String, Object> toMap() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("version", version);
    values.put("size", size);
    values.put("sha256", sha256);
    return values;
  }
}
