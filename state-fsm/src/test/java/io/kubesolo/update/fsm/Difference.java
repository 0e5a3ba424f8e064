package io.kubesolo.update.fsm;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Lists the differences of two collections, for short assertion messages. */
public final class Difference {
  private static final int MAX_LINES = 20;

  private Difference() {}

  /** Returns a line for each missing and each unexpected element, the first 20 of them. */
  public static List<String> between(Collection<?> actual, Collection<?> expected) {
    List<String> lines = new ArrayList<>();
    minus(expected, actual).forEach(element -> lines.add("missing: " + element));
    minus(actual, expected).forEach(element -> lines.add("unexpected: " + element));
    return lines.size() <= MAX_LINES ? lines : and(lines.subList(0, MAX_LINES), lines.size());
  }

  private static List<String> and(List<String> first, int all) {
    List<String> lines = new ArrayList<>(first);
    lines.add("and %d more".formatted(all - first.size()));
    return lines;
  }

  private static <T> List<T> minus(Collection<T> some, Collection<?> others) {
    List<T> rest = new ArrayList<>(some);
    others.forEach(rest::remove);
    return rest;
  }
}
