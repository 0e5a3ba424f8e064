package io.kubesolo.update.agent.cli;

import io.vavr.control.Option;
import java.util.Collection;

/** Suggests the name that a user may have meant by an unknown one. */
final class Suggestion {
  private Suggestion() {}

  /** Returns {@code ; did you mean 'status'?}, or nothing if no name is near. */
  static String words(String typed, Collection<String> names) {
    return wordsOr(typed, names, "");
  }

  /** Returns {@code ; did you mean 'status'?}, or another text if no name is near. */
  static String wordsOr(String typed, Collection<String> names, String otherwise) {
    return nearest(typed, names).map(name -> "; did you mean '" + name + "'?").getOrElse(otherwise);
  }

  /** Returns the nearest of some names, if at most every third character has to be changed. */
  static Option<String> nearest(String typed, Collection<String> names) {
    Option<String> best = Option.none();
    int fewest = Math.max(1, typed.length() / 3) + 1;
    for (String name : names) {
      boolean begun = typed.length() >= 3 && name.startsWith(typed);
      int edits = begun ? 1 : distance(typed, name);
      if (edits < fewest) {
        fewest = edits;
        best = Option.some(name);
      }
    }
    return best;
  }

  /** Returns the Damerau-Levenshtein distance in which no part is edited twice. */
  private static int distance(String from, String to) {
    int[][] edits = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        edits[i][j] = i == 0 || j == 0 ? i + j : cheapest(edits, from, to, i, j);
      }
    }
    return edits[from.length()][to.length()];
  }

  private static int cheapest(int[][] edits, String from, String to, int i, int j) {
    int replaced = edits[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
    int least = Math.min(replaced, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
    boolean swapped = i > 1
        && j > 1
        && from.charAt(i - 1) == to.charAt(j - 2)
        && from.charAt(i - 2) == to.charAt(j - 1);
    return swapped ? Math.min(least, edits[i - 2][j - 2] + 1) : least;
  }
}
