package io.kubesolo.update.agent.device;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.JsonObject;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The note of a slot: its content, and what the last health check found about that content. Keys
 * that another version of the agent wrote are kept.
 *
 * <p>Immutable.
 *
 * @param content the content
 * @param check what the check found; none if this content was not checked
 * @param others the other keys
 */
record SlotNote(SlotContent content, Optional<CheckResult> check, Map<String, Object> others) {
  private static final String CHECK = "check";
  private static final String CHECKED_SHA256 = "check_sha256";

  /** Returns the note of a content that was not checked. */
  static SlotNote of(SlotContent content) {
    return new SlotNote(content, Optional.empty(), Map.of());
  }

  /** Reads a note. Ignores the result of a check of another content. */
  static SlotNote of(JsonObject json) throws Failure {
    SlotContent content = SlotContent.of(json);
    Set<String> known = new HashSet<>(content.toMap().keySet());
    known.addAll(Set.of(CHECK, CHECKED_SHA256));
    return new SlotNote(content, check(json, content), json.without(known));
  }

  /** Returns this note with another result of a check. */
  SlotNote with(Optional<CheckResult> result) {
    return new SlotNote(content, result, others);
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
    values.putAll(others);
    return (JsonObject.write(values) + "\n").getBytes(UTF_8);
  }
}
