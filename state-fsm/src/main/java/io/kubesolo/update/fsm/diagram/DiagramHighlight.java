package io.kubesolo.update.fsm.diagram;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a diagram highlights: the phase of a device, and the edges that it took.
 *
 * @param present the phase of the device, or none if no device is shown
 * @param taken the edges that its history records
 * @param last the edge that led into the present phase, if it is known
 */
record DiagramHighlight(Option<Phase> present, Set<Edge> taken, Option<Edge> last) {
  /** The highlights of an edge, in increasing order. */
  enum Mark {
    NONE,
    TAKEN,
    LAST
  }

  static DiagramHighlight of(TransitionTable table, Option<UpdateState> current) {
    if (current.isEmpty()) {
      return new DiagramHighlight(Option.none(), Set.of(), Option.none());
    }
    UpdateState state = current.get();
    Set<Edge> taken = new LinkedHashSet<>();
    state.history().forEach(entry -> edge(table, entry).forEach(taken::add));
    return new DiagramHighlight(Option.some(state.phase()), taken, last(table, state));
  }

  boolean isPresent(Phase phase) {
    return present.contains(phase);
  }

  Mark mark(Edge edge) {
    if (last.contains(edge)) {
      return Mark.LAST;
    }
    return taken.contains(edge) ? Mark.TAKEN : Mark.NONE;
  }

  /** Returns the highest mark of some edges. */
  Mark mark(Collection<Edge> edges) {
    return edges.stream().map(this::mark).max(Mark::compareTo).orElse(Mark.NONE);
  }

  /**
   * Returns the edge of the newest history entry if that is as old as the state. Otherwise a later
   * event is not in the history: returns its edge if only one edge leads into the present phase.
   */
  private static Option<Edge> last(TransitionTable table, UpdateState state) {
    List<HistoryEntry> history = state.history();
    if (!history.isEmpty()) {
      HistoryEntry newest = history.get(history.size() - 1);
      boolean recorded = state.updatedAt().contains(newest.at())
          && newest.to().equals(state.phase().wireName());
      if (recorded) {
        return edge(table, newest);
      }
    }
    List<Edge> into =
        table.edges().stream().filter(edge -> edge.to() == state.phase()).toList();
    return Option.when(into.size() == 1 && state.revision() > 0, () -> into.get(0));
  }

  private static Option<Edge> edge(TransitionTable table, HistoryEntry entry) {
    return Option.ofOptional(table.edges().stream()
        .filter(edge -> edge.from().wireName().equals(entry.from())
            && edge.event().wireName().equals(entry.event())
            && edge.to().wireName().equals(entry.to()))
        .findFirst());
  }
}
