package io.kubesolo.update.agent.device;

import java.util.Locale;
import java.util.Optional;

/** What the last health check found about a slot's content. */
public enum CheckResult {
  /** It was healthy. */
  PASSED,
  /** It was not healthy in all tries. */
  FAILED;

  /** Returns the word in a slot's note. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<CheckResult> of(String word) {
    return switch (word) {
      case "passed" -> Optional.of(PASSED);
      case "failed" -> Optional.of(FAILED);
      default -> Optional.empty();
    };
  }
}
