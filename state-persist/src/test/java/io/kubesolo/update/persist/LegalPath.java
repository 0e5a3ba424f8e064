package io.kubesolo.update.persist;

import static io.kubesolo.update.core.Action.CLEAR_ERROR;
import static io.kubesolo.update.core.Action.FORGET_ROLLBACK;
import static io.kubesolo.update.core.Action.RESET_ATTEMPTS;
import static io.kubesolo.update.core.Action.START_ATTEMPT;
import static io.kubesolo.update.core.Action.TAKE_TARGET;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The one path that the crash tests walk: one update after another, a state for each revision. */
final class LegalPath {
  private static final EventContext CONTEXT =
      new EventContext(Device.NOW, Option.some(new Boot("first", Duration.ofSeconds(1))), 0);
  private static final List<Step> STEPS = List.of(
      new Step(new UpdateEvent.Check(), Phase.CHECKING, START_ATTEMPT),
      new Step(new UpdateEvent.Download("v2", "v1"), Phase.DOWNLOADING, TAKE_TARGET),
      new Step(new UpdateEvent.Stage(), Phase.STAGED),
      new Step(new UpdateEvent.Activate(), Phase.ACTIVATED),
      new Step(new UpdateEvent.Verify("v2"), Phase.VERIFYING),
      new Step(
          new UpdateEvent.Confirm(), Phase.SUCCESS, CLEAR_ERROR, RESET_ATTEMPTS, FORGET_ROLLBACK),
      new Step(new UpdateEvent.Acknowledge(), Phase.IDLE, CLEAR_ERROR));
  private static final List<Transition> TRANSITIONS = transitions(40);

  private LegalPath() {}

  private record Step(UpdateEvent event, Phase to, List<Action> actions) {
    Step(UpdateEvent event, Phase to, Action... actions) {
      this(event, to, List.of(actions));
    }

    Transition from(UpdateState before) {
      Edge edge = new Edge(before.phase(), event.type(), to, List.of(), actions);
      return new Transition(before, event, edge.take(before, event, CONTEXT));
    }
  }

  private static List<Transition> transitions(int count) {
    List<Transition> transitions = new ArrayList<>();
    UpdateState state = UpdateState.fresh(Device.NOW);
    for (int i = 0; i < count; i++) {
      Transition next = STEPS.get(i % STEPS.size()).from(state);
      transitions.add(next);
      state = next.after();
    }
    return transitions;
  }

  /** Returns the only state that a file may hold at a revision. */
  static UpdateState at(long revision) {
    return TRANSITIONS.get((int) revision).before();
  }

  /** Returns the one event that makes a revision. */
  static Transition to(long revision) {
    return TRANSITIONS.get((int) revision - 1);
  }

  /** Returns the one event that may follow. */
  static Transition after(UpdateState state) {
    Transition next = TRANSITIONS.get((int) state.revision());
    if (!next.before().equals(state)) {
      throw new Violation(state + " is not on the legal path");
    }
    return next;
  }
}
