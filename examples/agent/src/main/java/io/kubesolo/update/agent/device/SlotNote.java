package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The note of a slot: its content, and what the last health check found about that content.
 *
 * <p>Immutable.
 *
 * @param content the content
 * @param check what the check found; none if this content was not checked
 */
record SlotNote(SlotContent content, Optional<CheckResult> check) {
  private static final String CHECK = "check";
  private static final String CHECKED_SHA256 = "check_sha256";

  /** Reads a note. Ignores the result of a check of another content. */
  static SlotNote of(JsonObject json) throws Failure {
    SlotContent content = SlotContent.of(json);
    return new SlotNote(content, check(json, content));
  }

  /** Returns the result of a check; none if it is wrong, which does not affect the content. */
  private static Optional<CheckResult> check(JsonObject json, SlotContent content) {
    try {
      return json.text(CHECKED_SHA256, "").equalsIgnoreCase(content.sha256())
          ? CheckResult.of(json.text(CHECK, ""))
          : Optional.empty();
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  byte[] toJson() {
    Map<String, Object> values = new LinkedHashMap<>(content.toMap());
    check.ifPresent(result -> {
      values.put(CHECK, result.word());
      values.put(CHECKED_SHA256, content.sha256());
    });
    return (JsonObject.write(values) + "\n").getBytes(UTF_8);
  }
}
