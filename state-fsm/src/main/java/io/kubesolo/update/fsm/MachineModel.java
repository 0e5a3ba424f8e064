package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.state.State;
import org.springframework.statemachine.transition.Transition;
import org.springframework.statemachine.transition.TransitionKind;
import reactor.core.publisher.Mono;

/**
 * The states and edges of a machine that Spring built.
 *
 * <p>Immutable.
 *
 * @param initial the phase in which the machine starts
 * @param phases the phases that are declared as states; Spring drops each edge from or to another
 *     one without an error
 * @param edges the edges, in the order of declaration
 */
public record MachineModel(Phase initial, Set<Phase> phases, List<Edge> edges) {
  /** {@inheritDoc} */
  public MachineModel {
    phases = Set.copyOf(phases);
    edges = List.copyOf(edges);
  }

  /** {@return the model of the machine that {@link LifecycleConfig} declares} */
  public static MachineModel declared() {
    return of(SpringEngine.build(new LifecycleConfig()));
  }

  /**
   * Reads a built machine.
   *
   * @param machine a machine whose transitions are declared as in {@link LifecycleConfig}
   * @return its states and edges
   * @throws IllegalArgumentException if a transition is not external, is not triggered by an event,
   *     or does not have one rule that is both its guard and its only action
   */
  public static MachineModel of(StateMachine<Phase, EventType> machine) {
    return new MachineModel(
        machine.getInitialState().getId(),
        machine.getStates().stream().map(State::getId).collect(Collectors.toSet()),
        machine.getTransitions().stream().map(MachineModel::edge).toList());
  }

  private static Edge edge(Transition<Phase, EventType> transition) {
    boolean external = transition.getKind() == TransitionKind.EXTERNAL;
    boolean triggered =
        transition.getTrigger() != null && transition.getTrigger().getEvent() != null;
    if (external && triggered && transition.getActions().size() == 1) {
      Object action = transition.getActions().iterator().next();
      if (action instanceof EdgeRule rule && isGuarded(transition, rule.edge(transition))) {
        return rule.edge(transition);
      }
    }
    throw new IllegalArgumentException(
        "the transition from %s to %s is not external, has no event, or lacks one rule that is both"
                .formatted(
                    transition.getSource().getId(), transition.getTarget().getId())
            + " its guard and its action function");
  }

  /**
   * Returns whether the guard of a transition, which Spring wraps, evaluates the guards of an edge.
   */
  private static boolean isGuarded(Transition<Phase, EventType> transition, Edge edge) {
    if (transition.getGuard() == null) {
      return false;
    }
    PendingEvent probe = new PendingEvent(
        UpdateState.fresh(Instant.EPOCH),
        new UpdateEvent.Check(),
        new EventContext(Instant.EPOCH, Option.none(), 0));
    Mono.defer(() -> transition.getGuard().apply(probe.context(transition)))
        .onErrorComplete()
        .toFuture()
        .join();
    return probe.evaluated().contains(edge);
  }
}
