package io.kubesolo.update.persist;

import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.UpdateState;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * A state file as it was read, with all of it that an {@link UpdateState} does not hold.
 *
 * @param state the state
 * @param warnings a line for each thing that is odd about it
 * @param unknown the members that are not ours, {@code "key": value} each, to the letter
 * @param entries the history as it was written, an object on one line each, by the entry read
 */
record Document(
    UpdateState state,
    List<String> warnings,
    List<String> unknown,
    IdentityHashMap<HistoryEntry, String> entries) {

  /** A document of ours that holds nothing but a state. */
  static Document of(UpdateState state) {
    return new Document(state, List.of(), List.of(), new IdentityHashMap<>());
  }

  /** This document with another state in it. */
  Document with(UpdateState next) {
    return new Document(next, List.of(), unknown, entries);
  }
}
