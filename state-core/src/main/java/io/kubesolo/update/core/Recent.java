package io.kubesolo.update.core;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/**
 * The last accepted events, oldest first. One more costs one copy of an array, so that a long
 * history takes hardly more time than none; {@link List#of} would copy twice and look at each.
 *
 * <p>Immutable.
 */
final class Recent extends AbstractList<HistoryEntry> implements RandomAccess {
  private final HistoryEntry[] entries;

  private Recent(HistoryEntry[] entries) {
    this.entries = entries;
  }

  static Recent of(List<HistoryEntry> entries) {
    return entries instanceof Recent recent
        ? recent
        : new Recent(List.copyOf(entries).toArray(new HistoryEntry[0]));
  }

  /** These and one more, of which the last so many are kept. */
  Recent and(HistoryEntry entry, int most) {
    int first = Math.max(0, entries.length + 1 - most);
    HistoryEntry[] next = Arrays.copyOfRange(entries, first, entries.length + 1);
    next[next.length - 1] = entry;
    return new Recent(next);
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
