package io.kubesolo.update.fsm;

import static io.kubesolo.update.core.Action.CLEAR_ERROR;
import static io.kubesolo.update.core.Action.FORGET_ROLLBACK;
import static io.kubesolo.update.core.Action.RECORD_ERROR;
import static io.kubesolo.update.core.Action.REMEMBER_ROLLBACK;
import static io.kubesolo.update.core.Action.RESET_ATTEMPTS;
import static io.kubesolo.update.core.Action.START_ATTEMPT;
import static io.kubesolo.update.core.Action.TAKE_TARGET;
import static io.kubesolo.update.core.EventType.ACKNOWLEDGE;
import static io.kubesolo.update.core.EventType.ACTIVATE;
import static io.kubesolo.update.core.EventType.CANCEL;
import static io.kubesolo.update.core.EventType.CHECK;
import static io.kubesolo.update.core.EventType.CONFIRM;
import static io.kubesolo.update.core.EventType.DOWNLOAD;
import static io.kubesolo.update.core.EventType.FAIL;
import static io.kubesolo.update.core.EventType.NO_UPDATE;
import static io.kubesolo.update.core.EventType.ROLLBACK;
import static io.kubesolo.update.core.EventType.STAGE;
import static io.kubesolo.update.core.EventType.VERIFY;
import static io.kubesolo.update.core.Guard.ATTEMPTS_LEFT;
import static io.kubesolo.update.core.Guard.NEW_TARGET;
import static io.kubesolo.update.core.Guard.NOT_ROLLED_BACK;
import static io.kubesolo.update.core.Guard.RUNNING_TARGET;
import static io.kubesolo.update.core.Guard.SUPERSEDES;
import static io.kubesolo.update.core.Phase.ACTIVATED;
import static io.kubesolo.update.core.Phase.CHECKING;
import static io.kubesolo.update.core.Phase.DOWNLOADING;
import static io.kubesolo.update.core.Phase.FAILED;
import static io.kubesolo.update.core.Phase.IDLE;
import static io.kubesolo.update.core.Phase.ROLLED_BACK;
import static io.kubesolo.update.core.Phase.STAGED;
import static io.kubesolo.update.core.Phase.SUCCESS;
import static io.kubesolo.update.core.Phase.VERIFYING;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.springframework.statemachine.config.EnumStateMachineConfigurerAdapter;
import org.springframework.statemachine.config.builders.StateMachineStateConfigurer;
import org.springframework.statemachine.config.builders.StateMachineTransitionConfigurer;

/**
 * The phases, and every legal edge with its guards and actions: the only place where an edge is
 * written down. Declaring an edge to Spring also records it, since a built machine no longer tells
 * the names of its guards and actions.
 */
class LifecycleConfig extends EnumStateMachineConfigurerAdapter<Phase, EventType> {
  private final List<Edge> edges = new ArrayList<>();

  /** The edges declared so far, in their order. */
  List<Edge> edges() {
    return List.copyOf(edges);
  }

  @Override
  public void configure(StateMachineStateConfigurer<Phase, EventType> states) throws Exception {
    states.withStates().initial(IDLE).states(EnumSet.allOf(Phase.class));
  }

  @Override
  public void configure(StateMachineTransitionConfigurer<Phase, EventType> spring)
      throws Exception {
    edge(spring, IDLE, CHECK, CHECKING, when(), then(START_ATTEMPT));
    edge(spring, CHECKING, NO_UPDATE, IDLE, when(), then(CLEAR_ERROR));

    List<Guard> fresh = when(NEW_TARGET, NOT_ROLLED_BACK, ATTEMPTS_LEFT);
    edge(spring, CHECKING, DOWNLOAD, DOWNLOADING, fresh, then(TAKE_TARGET));
    for (Phase resting : List.of(IDLE, SUCCESS, ROLLED_BACK, FAILED)) {
      edge(spring, resting, DOWNLOAD, DOWNLOADING, fresh, then(START_ATTEMPT, TAKE_TARGET));
    }
    List<Guard> newer = when(NEW_TARGET, SUPERSEDES, NOT_ROLLED_BACK);
    edge(spring, STAGED, DOWNLOAD, DOWNLOADING, newer, then(START_ATTEMPT, TAKE_TARGET));

    edge(spring, DOWNLOADING, STAGE, STAGED, when(), then());
    edge(spring, STAGED, ACTIVATE, ACTIVATED, when(), then());
    edge(spring, ACTIVATED, VERIFY, VERIFYING, when(RUNNING_TARGET), then());
    List<Action> settled = then(CLEAR_ERROR, RESET_ATTEMPTS, FORGET_ROLLBACK);
    edge(spring, VERIFYING, CONFIRM, SUCCESS, when(), settled);

    for (Phase before : List.of(CHECKING, DOWNLOADING, STAGED)) {
      edge(spring, before, FAIL, FAILED, when(), then(RECORD_ERROR));
    }
    for (Phase after : List.of(ACTIVATED, VERIFYING, SUCCESS)) {
      edge(spring, after, ROLLBACK, ROLLED_BACK, when(), then(RECORD_ERROR, REMEMBER_ROLLBACK));
    }
    for (Phase before : List.of(CHECKING, DOWNLOADING, STAGED)) {
      edge(spring, before, CANCEL, IDLE, when(), then(CLEAR_ERROR));
    }
    for (Phase outcome : List.of(SUCCESS, ROLLED_BACK, FAILED)) {
      edge(spring, outcome, ACKNOWLEDGE, IDLE, when(), then(CLEAR_ERROR));
    }
  }

  private void edge(
      StateMachineTransitionConfigurer<Phase, EventType> spring,
      Phase from,
      EventType event,
      Phase to,
      List<Guard> guards,
      List<Action> actions)
      throws Exception {
    Edge edge = new Edge(from, event, to, guards, actions);
    edges.add(edge);
    spring
        .withExternal()
        .source(from)
        .event(event)
        .target(to)
        .guard(context -> Attempt.of(context).passes(edge))
        .action(context -> Attempt.of(context).take(edge));
  }

  private static List<Guard> when(Guard... guards) {
    return List.of(guards);
  }

  private static List<Action> then(Action... actions) {
    return List.of(actions);
  }
}
