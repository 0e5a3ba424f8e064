package io.kubesolo.update.persist;

import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.UpdateState;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * A state file as it was read, with all of it that an {@link UpdateState} does not hold.
 *
 * @param state the state
 * @param warnings a line for each thing that is odd about it
 * @param unknown the members that are not ours, {@code "key": value} each, to the letter
 * @param history the entries of the state's history as they are written, each on one line
 */
record Document(
    UpdateState state, List<String> warnings, List<String> unknown, List<String> history) {

  /** A document of ours that holds nothing but a state. */
  static Document of(UpdateState state) {
    return new Document(state, List.of(), List.of(), lines(state, new IdentityHashMap<>()));
  }

  /** This document with a state that follows from its own; entries of both are kept to the letter. */
  Document with(UpdateState next) {
    IdentityHashMap<HistoryEntry, String> written = new IdentityHashMap<>();
    for (int i = 0; i < history.size(); i++) {
      written.put(state.history().get(i), history.get(i));
    }
    return new Document(next, next.violations(), unknown, lines(next, written));
  }

  private static List<String> lines(
      UpdateState state, IdentityHashMap<HistoryEntry, String> written) {
    List<String> lines = new ArrayList<>(state.history().size());
    for (HistoryEntry entry : state.history()) {
      String asWritten = written.get(entry);
      lines.add(asWritten == null ? StateJson.entry(entry) : asWritten);
    }
    return lines;
  }
}
