package io.kubesolo.update.persist;

import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.UpdateState;
import java.util.ArrayList;
import java.util.List;

/**
 * A state file as it was read, including everything that an {@link UpdateState} does not hold. No
 * write loses anything: members and entries that are not ours are kept byte for byte.
 *
 * @param state the state
 * @param warnings a line for each unexpected thing in it
 * @param unknown the members that are not ours, {@code "key": value} each, byte for byte
 * @param boot the other members of the state's boot
 * @param versions the entries of {@code rolled_back_versions}
 * @param history the entries of {@code history}; each that could be read is on one line
 */
record Document(
    UpdateState state,
    List<String> warnings,
    List<String> unknown,
    BootMember boot,
    Entries<String> versions,
    Entries<HistoryEntry> history) {

  /** Returns a document that holds nothing but a state. */
  static Document of(UpdateState state) {
    return of(
        state,
        List.of(),
        List.of(),
        BootMember.NONE,
        Entries.of(state.rolledBackVersions(), StateJson::quote),
        Entries.of(state.history(), StateJson::of));
  }

  /** Returns a document with the warnings that follow from its parts, after those given. */
  static Document of(
      UpdateState state,
      List<String> warnings,
      List<String> unknown,
      BootMember boot,
      Entries<String> versions,
      Entries<HistoryEntry> history) {
    List<String> all = new ArrayList<>(warnings);
    all.addAll(boot.warnings());
    all.addAll(versions.warnings("rolled_back_versions"));
    all.addAll(history.warnings("history"));
    all.addAll(state.violations());
    return new Document(state, all, unknown, boot, versions, history);
  }

  /**
   * Returns this document with another state. An entry of this state's history that is in the
   * other's too, as the same object, is kept byte for byte.
   */
  Document with(UpdateState next) {
    return of(
        next,
        List.of(),
        unknown,
        boot.with(next.boot().isDefined()),
        versions.with(next.rolledBackVersions(), String::equals, StateJson::quote),
        history.with(next.history(), Document::isSameObject, StateJson::of));
  }

  /** Compares by identity, because equal entries may have been written differently. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSameObject(HistoryEntry entry, HistoryEntry other) {
    return entry == other;
  }
}
