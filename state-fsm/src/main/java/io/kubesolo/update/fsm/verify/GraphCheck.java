package io.kubesolo.update.fsm.verify;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.fsm.MachineModel;
import io.kubesolo.update.fsm.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Searches the graph of states and edges for faults, without evaluating guards and actions. */
final class GraphCheck {
  private final MachineModel machine;
  private final List<Edge> edges;
  private final List<Finding> findings = new ArrayList<>();

  private GraphCheck(MachineModel machine) {
    this.machine = machine;
    this.edges = machine.edges();
  }

  static List<Finding> of(MachineModel machine) {
    GraphCheck check = new GraphCheck(machine);
    check.phases();
    check.cells();
    check.uses();
    return check.findings;
  }

  private void phases() {
    Set<Phase> reached = closure(Set.of(machine.initial()), Edge::from, Edge::to);
    Set<Phase> restful = closure(resting(), Edge::to, Edge::from);
    for (Phase phase : Phase.values()) {
      report(!machine.phases().contains(phase), Finding.of(Kind.UNDECLARED_PHASE, phase));
      report(!reached.contains(phase), Finding.of(Kind.UNREACHABLE_PHASE, phase));
      boolean left = edges.stream().anyMatch(edge -> edge.from() == phase && edge.to() != phase);
      report(!left, Finding.of(Kind.TRAP, phase));
      report(!restful.contains(phase), Finding.of(Kind.NO_WAY_TO_REST, phase));
    }
  }

  private void cells() {
    for (int i = 0; i < edges.size(); i++) {
      for (Edge other : edges.subList(i + 1, edges.size())) {
        Edge edge = edges.get(i);
        boolean shared = edge.from() == other.from() && edge.event() == other.event();
        report(shared, Finding.of(Kind.SHARED_CELL, edge, other));
      }
    }
  }

  private void uses() {
    unused(EventType.values(), edge -> List.of(edge.event()), Kind.UNUSED_EVENT);
    unused(Guard.values(), Edge::guards, Kind.UNUSED_GUARD);
    unused(Action.values(), Edge::actions, Kind.UNUSED_ACTION);
  }

  private <T extends Enum<T>> void unused(T[] all, Function<Edge, Collection<T>> uses, Kind kind) {
    for (T one : all) {
      boolean used = edges.stream().anyMatch(edge -> uses.apply(edge).contains(one));
      report(!used, Finding.of(kind, one));
    }
  }

  /** Returns the start phases and all phases that edges connect with them. */
  private Set<Phase> closure(
      Set<Phase> start, Function<Edge, Phase> near, Function<Edge, Phase> far) {
    Set<Phase> phases = EnumSet.copyOf(start);
    boolean grew = true;
    while (grew) {
      grew = false;
      for (Edge edge : edges) {
        grew |= phases.contains(near.apply(edge)) && phases.add(far.apply(edge));
      }
    }
    return phases;
  }

  private static Set<Phase> resting() {
    Set<Phase> resting = EnumSet.allOf(Phase.class);
    resting.removeIf(phase -> !phase.isResting());
    return resting;
  }

  private void report(boolean wrong, Finding finding) {
    if (wrong) {
      findings.add(finding);
    }
  }
}
