package io.kubesolo.update.persist;

import io.kubesolo.update.core.UpdateState;

/**
 * What a device was promised, and so what its disk may hold.
 *
 * @param acknowledged the last revision that somebody was told is durable
 * @param issued the last revision that somebody tried to write
 * @param broken whether this is the life of a device whose file was invalid at first
 * @param repaired whether the file must be valid by now
 */
record Ledger(long acknowledged, long issued, boolean broken, boolean repaired) {
  static final Ledger EMPTY = new Ledger(0, 0, false, true);
  static final Ledger BROKEN = new Ledger(0, 0, true, false);

  static Ledger at(long revision) {
    return EMPTY.acknowledging(revision);
  }

  Ledger acknowledging(long revision) {
    return new Ledger(revision, Math.max(issued, revision), broken, true);
  }

  Ledger issuing(long revision) {
    return new Ledger(acknowledged, Math.max(issued, revision), broken, repaired);
  }

  /** The state as it was read, if it is a legal one. */
  UpdateState requireLegal(String where, UpdateState state) {
    if (state.revision() < acknowledged) {
      throw new Violation("%s: lost: revision %d was acknowledged, %d is there"
          .formatted(where, acknowledged, state.revision()));
    }
    if (state.revision() > issued) {
      throw new Violation("%s: invented: revision %d was issued last, %d is there"
          .formatted(where, issued, state.revision()));
    }
    if (!state.equals(LegalPath.at(state.revision()))) {
      throw new Violation("%s: not on the legal path: %s".formatted(where, state));
    }
    return state;
  }
}
