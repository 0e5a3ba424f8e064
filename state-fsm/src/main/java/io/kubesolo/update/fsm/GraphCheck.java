package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.fsm.Declaration.Link;
import io.kubesolo.update.fsm.Finding.NoWayToRest;
import io.kubesolo.update.fsm.Finding.NotBuilt;
import io.kubesolo.update.fsm.Finding.SharedCell;
import io.kubesolo.update.fsm.Finding.TransitionCount;
import io.kubesolo.update.fsm.Finding.Trap;
import io.kubesolo.update.fsm.Finding.UndeclaredPhase;
import io.kubesolo.update.fsm.Finding.UnreachablePhase;
import io.kubesolo.update.fsm.Finding.UnusedAction;
import io.kubesolo.update.fsm.Finding.UnusedEvent;
import io.kubesolo.update.fsm.Finding.UnusedGuard;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Looks for faults that show in the declared edges alone, whatever guards and actions do. */
final class GraphCheck {
  private final Declaration declaration;
  private final List<Edge> edges;
  private final List<Finding> findings = new ArrayList<>();

  private GraphCheck(Declaration declaration) {
    this.declaration = declaration;
    this.edges = declaration.edges();
  }

  static List<Finding> of(Declaration declaration) {
    GraphCheck check = new GraphCheck(declaration);
    check.phases();
    check.cells();
    check.uses();
    check.whatSpringBuilt();
    return check.findings;
  }

  private void phases() {
    Set<Phase> reached = closure(Set.of(declaration.initial()), Edge::from, Edge::to);
    Set<Phase> restful = closure(resting(), Edge::to, Edge::from);
    for (Phase phase : Phase.values()) {
      report(!reached.contains(phase), new UnreachablePhase(phase));
      boolean left = edges.stream().anyMatch(edge -> edge.from() == phase && edge.to() != phase);
      report(!left, new Trap(phase));
      report(!restful.contains(phase), new NoWayToRest(phase));
    }
  }

  private void cells() {
    for (int i = 0; i < edges.size(); i++) {
      for (Edge other : edges.subList(i + 1, edges.size())) {
        Edge edge = edges.get(i);
        boolean shared = edge.from() == other.from() && edge.event() == other.event();
        report(shared, new SharedCell(edge, other));
      }
    }
  }

  private void uses() {
    unused(EventType.values(), edge -> List.of(edge.event()), UnusedEvent::new);
    unused(Guard.values(), Edge::guards, UnusedGuard::new);
    unused(Action.values(), Edge::actions, UnusedAction::new);
  }

  private <T> void unused(
      T[] all, Function<Edge, Collection<T>> uses, Function<T, Finding> finding) {
    for (T one : all) {
      boolean used = edges.stream().anyMatch(edge -> uses.apply(edge).contains(one));
      report(!used, finding.apply(one));
    }
  }

  private void whatSpringBuilt() {
    for (Edge edge : edges) {
      Stream.of(edge.from(), edge.to())
          .distinct()
          .filter(phase -> !declaration.phases().contains(phase))
          .forEach(phase -> findings.add(new UndeclaredPhase(edge, phase)));
      report(!declaration.built().contains(Link.of(edge)), new NotBuilt(edge));
    }
    int built = declaration.built().size();
    report(built != edges.size(), new TransitionCount(edges.size(), built));
  }

  /** The phases that edges connect with some phases, these included. */
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
