package io.kubesolo.update.agent.cli;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The phases that an update was in between two reads of its file, in their order as far as it
 * is known.
 *
 * <p>The history names them, except for the events that it does not record, which lead from idle to
 * checking or back. How many of these there were follows from the revision, which counts all events.
 * After any of them, the update was in both phases.
 */
final class PhasesPassed {
  private final Set<Phase> phases = new LinkedHashSet<>();

  private PhasesPassed() {}

  /** Returns the phases after the first read, up to the phase at the second one. */
  static PhasesPassed between(UpdateState before, UpdateState after) {
    PhasesPassed passed = new PhasesPassed();
    List<HistoryEntry> recorded = newer(before.history(), after.history());
    for (HistoryEntry entry : recorded) {
      passed.add(entry.from());
      passed.add(entry.to());
    }
    if (unrecorded(before, after, recorded.size()) > 0) {
      passed.phases.add(Phase.CHECKING);
      passed.phases.add(Phase.IDLE);
    }
    passed.phases.add(after.phase());
    return passed;
  }

  private void add(String phase) {
    Phase.ofWireName(phase).forEach(phases::add);
  }

  /** Returns the entries that were not seen before. */
  private static List<HistoryEntry> newer(List<HistoryEntry> seen, List<HistoryEntry> now) {
    return now.stream().filter(entry -> !seen.contains(entry)).toList();
  }

  /**
   * Returns how many events left no entry. It is 0 if that is unknown, because entries were
   * dropped, or because the file was replaced by another one whose events may be old.
   */
  private static long unrecorded(UpdateState before, UpdateState after, int recorded) {
    if (after.history().size() == Edge.MAX_HISTORY && !holdsLast(before, after)) {
      return 0;
    }
    boolean same = after.revision() > before.revision() || after.equals(before);
    if (same && (before.history().isEmpty() || holdsLast(before, after))) {
      return after.revision() - before.revision() - recorded;
    }
    boolean isReplaced = after.history().stream().noneMatch(before.history()::contains);
    return isReplaced ? after.revision() - recorded : 0;
  }

  /** Returns whether the history holds the last entry that was seen before. */
  private static boolean holdsLast(UpdateState before, UpdateState after) {
    List<HistoryEntry> seen = before.history();
    return !seen.isEmpty() && after.history().contains(seen.get(seen.size() - 1));
  }

  /** Returns the first of these phases that meets a condition. */
  Option<Phase> find(Predicate<Phase> condition) {
    return Option.ofOptional(phases.stream().filter(condition).findFirst());
  }
}
