package io.kubesolo.update.persist;

import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateState;
import java.util.List;

/**
 * The answers that a device has given, from which follows what its disk may contain.
 *
 * @param acknowledged the last revision that was answered as durable
 * @param issued the last revision that a process tried to write
 * @param unanswered the revision whose sender does not know whether it was written; 0 is none
 * @param owed whether that sender was answered that the outcome is unknown
 * @param boot the boot in which it was sent
 * @param broken whether this is the life of a device whose file was invalid at first
 * @param repaired whether the file must be valid by now
 */
record Ledger(
    long acknowledged,
    long issued,
    long unanswered,
    boolean owed,
    int boot,
    boolean broken,
    boolean repaired) {
  static final Ledger EMPTY = new Ledger(0, 0, 0, false, 0, false, true);
  static final Ledger BROKEN = new Ledger(0, 0, 0, false, 0, true, false);

  static Ledger at(long revision) {
    return EMPTY.acknowledging(revision);
  }

  static Ledger between(long acknowledged, long issued) {
    return at(acknowledged).issuing(issued, 0).answered();
  }

  Ledger acknowledging(long revision) {
    long last = Math.max(issued, revision);
    return new Ledger(revision, last, unanswered, owed, boot, broken, true);
  }

  Ledger issuing(long revision, int now) {
    long last = Math.max(issued, revision);
    return new Ledger(acknowledged, last, revision, false, now, broken, repaired);
  }

  /** Returns the ledger after the sender of the last event has learned its outcome. */
  Ledger answered() {
    return new Ledger(acknowledged, issued, 0, false, 0, broken, repaired);
  }

  /** Returns the ledger after the last event was answered with an unknown outcome. */
  Ledger owing() {
    return new Ledger(acknowledged, issued, unanswered, true, boot, broken, repaired);
  }

  /** Returns the state as it was read, if it is a legal one. */
  UpdateState requireLegal(String where, UpdateState state) {
    if (state.revision() < acknowledged) {
      throw new Violation("%s: lost: revision %d was acknowledged, %d is there"
          .formatted(where, acknowledged, state.revision()));
    }
    if (state.revision() > issued) {
      throw new Violation("%s: invented: revision %d was issued last, %d is there"
          .formatted(where, issued, state.revision()));
    }
    List<String> rolledBack = broken ? List.of(Life.ROLLED_BACK) : List.of();
    if (!state.rolledBackVersions().equals(rolledBack)) {
      throw new Violation("%s: rolled back are %s, not %s"
          .formatted(where, state.rolledBackVersions(), rolledBack));
    }
    UpdateState legal = state.toBuilder().rolledBackVersions(List.of()).build();
    if (!legal.equals(LegalPath.at(state.revision()))) {
      throw new Violation("%s: not on the legal path: %s".formatted(where, state));
    }
    return legal;
  }

  /** Returns the transition of this device: what its invalid file said was rolled back stays so. */
  Transition kept(Transition legal) {
    UpdateState after = legal.after();
    return broken
        ? new Transition(
            legal.before(),
            legal.event(),
            after.toBuilder().rolledBackVersions(List.of(Life.ROLLED_BACK)).build())
        : legal;
  }
}
