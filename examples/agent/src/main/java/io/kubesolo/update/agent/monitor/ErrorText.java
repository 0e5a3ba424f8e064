package io.kubesolo.update.agent.monitor;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import java.util.Optional;

/**
 * The error of a state. The page shows its start first, and the rest on request.
 *
 * @param start the first lines
 * @param rest the rest; "" if there is none
 * @param isEarlier whether the error is from an earlier attempt
 */
public record ErrorText(String start, String rest, boolean isEarlier) {
  private static final int LINES = 6;

  /** About the number of characters of six lines. */
  private static final int CHARACTERS = 480;

  /** Returns the error of a state, or none if it has none. */
  public static Optional<ErrorText> of(UpdateState state) {
    return state.lastError().toJavaOptional().map(error -> {
      int end = end(error);
      boolean isEarlier = state.phase() != Phase.FAILED && state.phase() != Phase.ROLLED_BACK;
      return new ErrorText(
          error.substring(0, end).strip(), error.substring(end).strip(), isEarlier);
    });
  }

  /** Returns the label for a screen reader. */
  public String label() {
    return isEarlier ? "Error of an earlier attempt" : "Error";
  }

  private static int end(String error) {
    int end = 0;
    for (int line = 0; line < LINES && end < error.length(); line++) {
      int next = error.indexOf('\n', end);
      end = next < 0 ? error.length() : next + 1;
    }
    if (end <= CHARACTERS) {
      return end;
    }
    int space = error.lastIndexOf(' ', CHARACTERS);
    int cut = space > CHARACTERS / 2 ? space : CHARACTERS;
    return Character.isLowSurrogate(error.charAt(cut)) ? cut - 1 : cut;
  }
}
