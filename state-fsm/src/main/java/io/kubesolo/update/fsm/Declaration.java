package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.state.State;
import org.springframework.statemachine.transition.Transition;

/**
 * What a config declares, and what Spring made of it.
 *
 * @param initial the phase in which the machine starts
 * @param phases the phases that Spring knows
 * @param edges the declared edges, in their order
 * @param built the transitions that Spring built
 */
record Declaration(Phase initial, Set<Phase> phases, List<Edge> edges, List<Link> built) {
  /**
   * A transition, as far as a built machine tells.
   *
   * @param from the phase it starts in
   * @param event the event that takes it
   * @param to the phase it leads to
   */
  record Link(Phase from, EventType event, Phase to) {
    static Link of(Edge edge) {
      return new Link(edge.from(), edge.event(), edge.to());
    }

    private static Link of(Transition<Phase, EventType> transition) {
      return new Link(
          transition.getSource().getId(),
          transition.getTrigger().getEvent(),
          transition.getTarget().getId());
    }
  }

  static Declaration of(LifecycleConfig config) {
    StateMachine<Phase, EventType> machine = SpringEngine.build(config);
    return new Declaration(
        machine.getInitialState().getId(),
        machine.getStates().stream().map(State::getId).collect(Collectors.toUnmodifiableSet()),
        config.edges(),
        machine.getTransitions().stream().map(Link::of).toList());
  }
}
