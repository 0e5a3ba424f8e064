package io.kubesolo.update.fsm.verify;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.verify.Exploration.Step;
import io.kubesolo.update.fsm.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/** Searches for faults by running guards and actions in every state that can be reached. */
final class StateCheck {
  private final List<Edge> edges;
  private final Map<Edge, Finding> faulty = new LinkedHashMap<>();
  private final Map<Exploration.Pair, Step> overlaps = new LinkedHashMap<>();

  private StateCheck(List<Edge> edges) {
    this.edges = edges;
  }

  static List<Finding> of(List<Edge> edges) {
    StateCheck check = new StateCheck(edges);
    return check.findings(Exploration.of(check::steps));
  }

  private List<Step> steps(UpdateState state, UpdateEvent event) {
    List<Step> steps = new ArrayList<>();
    for (Edge edge : edges) {
      if (edge.from() == state.phase() && edge.event() == event.type()) {
        take(edge, state, event, steps);
      }
    }
    for (int i = 0; i < steps.size(); i++) {
      for (Step other : steps.subList(i + 1, steps.size())) {
        overlaps.putIfAbsent(new Exploration.Pair(steps.get(i).edge(), other.edge()), other);
      }
    }
    return steps;
  }

  /**
   * Takes an edge, and records a rule that throws: {@link ClassCastException} or {@link
   * NoSuchElementException} if its event lacks a value that it needs, {@link IllegalStateException} if
   * the state after it breaks an invariant.
   */
  private void take(Edge edge, UpdateState state, UpdateEvent event, List<Step> steps) {
    try {
      if (edge.denials(state, event, Exploration.CONTEXT).isEmpty()) {
        UpdateState after = edge.take(state, event, Exploration.CONTEXT);
        steps.add(new Step(state, event, edge, after));
      }
    } catch (ClassCastException | NoSuchElementException e) {
      faulty.putIfAbsent(edge, Finding.of(Kind.MISPLACED_RULE, edge));
    } catch (IllegalStateException e) {
      faulty.putIfAbsent(
          edge, Finding.of(Kind.BROKEN_INVARIANT, edge, String.valueOf(e.getMessage())));
    }
  }

  private List<Finding> findings(Exploration exploration) {
    List<Finding> findings = new ArrayList<>(faulty.values());
    overlaps.forEach((pair, at) -> findings.add(Finding.of(
        Kind.GUARD_OVERLAP,
        Finding.inWords(pair.first()) + " and " + Finding.inWords(pair.second()),
        exploration.path(at))));
    neverTaken(exploration).forEach(edge -> findings.add(Finding.of(Kind.NEVER_TAKEN, edge)));
    Set<Phase> stuck = EnumSet.noneOf(Phase.class);
    exploration.stuck().stream()
        .filter(state -> stuck.add(state.phase()))
        .forEach(state ->
            findings.add(Finding.of(Kind.STUCK, state.phase(), exploration.pathTo(state))));
    return findings;
  }

  /** Returns the edges that start in a phase that is reached, but that no event takes. */
  private List<Edge> neverTaken(Exploration exploration) {
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    exploration.states().forEach(state -> phases.add(state.phase()));
    Set<Edge> taken = new HashSet<>();
    exploration.steps().forEach(step -> taken.add(step.edge()));
    return edges.stream()
        .filter(edge -> phases.contains(edge.from()) && !taken.contains(edge))
        .filter(edge -> !faulty.containsKey(edge))
        .toList();
  }
}
