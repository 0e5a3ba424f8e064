package io.kubesolo.update.core;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/**
 * The last accepted events, oldest first: an immutable list. Adding an entry copies one array, so
 * the length of the history hardly affects the time of an event. {@link List#of} would copy the
 * array twice and check each entry for null; an event in memory would take 1.5 times as long.
 */
final class HistoryList extends AbstractList<HistoryEntry> implements RandomAccess {
  private final HistoryEntry[] entries;

  private HistoryList(HistoryEntry[] entries) {
    this.entries = entries;
  }

  static HistoryList of(List<HistoryEntry> entries) {
    if (entries instanceof HistoryList list) {
      return list;
    }
    HistoryEntry[] copy = entries.toArray(HistoryEntry[]::new);
    for (HistoryEntry entry : copy) {
      Arguments.requireNonNull(entry, "an entry of the history");
    }
    return new HistoryList(copy);
  }

  /** Returns a list with one more entry, of which the last {@code max} are kept. */
  HistoryList and(HistoryEntry entry, int max) {
    int first = Math.max(0, entries.length + 1 - max);
    HistoryEntry[] next = Arrays.copyOfRange(entries, first, entries.length + 1);
    next[next.length - 1] = entry;
    return new HistoryList(next);
  }

  @Override
  public HistoryEntry get(int index) {
    return entries[index];
  }

  @Override
  public int size() {
    return entries.length;
  }
}
