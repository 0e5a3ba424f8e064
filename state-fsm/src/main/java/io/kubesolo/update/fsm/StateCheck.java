package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.Exploration.Step;
import io.kubesolo.update.fsm.Finding.BrokenPromise;
import io.kubesolo.update.fsm.Finding.GuardOverlap;
import io.kubesolo.update.fsm.Finding.MisplacedRule;
import io.kubesolo.update.fsm.Finding.NeverTaken;
import io.kubesolo.update.fsm.Finding.Stuck;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/** Looks for faults that show when guards and actions run in every state that can be reached. */
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

  /** Rules that are given an event that lacks what they take throw one of the two exceptions. */
  private void take(Edge edge, UpdateState state, UpdateEvent event, List<Step> steps) {
    try {
      if (edge.denials(state, event, Exploration.CONTEXT).isEmpty()) {
        UpdateState after = edge.take(state, event, Exploration.CONTEXT);
        steps.add(new Step(state, event, edge, after));
      }
    } catch (ClassCastException | NoSuchElementException e) {
      faulty.putIfAbsent(edge, new MisplacedRule(edge));
    } catch (IllegalStateException e) {
      faulty.putIfAbsent(edge, new BrokenPromise(edge, String.valueOf(e.getMessage())));
    }
  }

  private List<Finding> findings(Exploration exploration) {
    List<Finding> findings = new ArrayList<>(faulty.values());
    overlaps.forEach((pair, at) ->
        findings.add(new GuardOverlap(pair.first(), pair.second(), exploration.path(at))));
    neverTaken(exploration).forEach(edge -> findings.add(new NeverTaken(edge)));
    Set<Phase> stuck = EnumSet.noneOf(Phase.class);
    exploration.stuck().stream()
        .filter(state -> stuck.add(state.phase()))
        .forEach(state -> findings.add(new Stuck(state.phase(), exploration.pathTo(state))));
    return findings;
  }

  /** The edges that start in a phase that is reached, and that no event takes nevertheless. */
  private List<Edge> neverTaken(Exploration exploration) {
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    exploration.states().forEach(state -> phases.add(state.phase()));
    Set<Edge> taken = exploration.paths().keySet();
    return edges.stream()
        .filter(edge -> phases.contains(edge.from()) && !taken.contains(edge))
        .filter(edge -> !faulty.containsKey(edge))
        .toList();
  }
}
