package io.kubesolo.update.persist;

import io.kubesolo.update.core.UpdateState;

/**
 * What a device was promised, and so what its disk may hold.
 *
 * @param acknowledged the last revision that somebody was told is durable
 * @param issued the last revision that somebody tried to write
 * @param invalid whether the file may be an invalid one, which is being repaired
 */
record Ledger(long acknowledged, long issued, boolean invalid) {
  static final Ledger EMPTY = new Ledger(0, 0, false);

  Ledger acknowledging(long revision) {
    return new Ledger(revision, Math.max(issued, revision), false);
  }

  Ledger issuing(long revision) {
    return new Ledger(acknowledged, Math.max(issued, revision), invalid);
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
