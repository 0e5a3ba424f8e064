package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one event would do to a state: the decision of an engine, and the reasons for it, guard by
 * guard and action by action. Nothing is stored.
 *
 * <p>Immutable.
 *
 * @param before the state before the event
 * @param event the event
 * @param edge the edge of the event in this phase; none if it is illegal there
 * @param guards every guard of the edge, in its order
 * @param actions every action of the edge, in its order; empty if the event is refused
 * @param answer the state after the event, or why it is refused
 */
public record WhatIf(
    UpdateState before,
    UpdateEvent event,
    Option<Edge> edge,
    List<GuardResult> guards,
    List<ActionResult> actions,
    Either<Rejection, UpdateState> answer) {

  /**
   * The result of a guard for the event.
   *
   * @param guard the guard
   * @param holds whether it accepts the event
   * @param requirement what it requires, with the values of the state; none if it accepts any event
   * @param values the values that it compares, in the order in which its condition names them
   */
  public record GuardResult(
      Guard guard, boolean holds, Option<String> requirement, List<Value> values) {
    /** {@inheritDoc} */
    public GuardResult {
      values = List.copyOf(values);
    }
  }

  /**
   * A value that a guard compares.
   *
   * @param name the name of an event's value, {@code max_attempts}, or {@code state.} and the name
   *     of a value in the state file
   * @param text the value; empty if there is none
   */
  public record Value(String name, String text) {}

  /**
   * What an action changes.
   *
   * @param action the action
   * @param changes the values that it changes; empty if they were the same before
   */
  public record ActionResult(Action action, List<Change> changes) {}

  /**
   * A value that is changed.
   *
   * @param field its name in the state file
   * @param before the text of the value before; empty if there was none
   * @param after the text of the value after; empty if there is none
   */
  public record Change(String field, String before, String after) {}

  /** {@inheritDoc} */
  public WhatIf {
    guards = List.copyOf(guards);
    actions = List.copyOf(actions);
  }

  /**
   * Decides an event.
   *
   * @param engine the engine that decides, whose table explains the decision
   * @param state the state before the event
   * @param event the event
   * @param context the clocks and the limit on attempts
   * @return what the event would do
   */
  public static WhatIf of(
      LifecycleEngine engine, UpdateState state, UpdateEvent event, EventContext context) {
    Option<Edge> edge = engine.table().edge(state.phase(), event.type());
    Either<Rejection, UpdateState> answer = engine.decide(state, event, context);
    return new WhatIf(
        state,
        event,
        edge,
        edge.map(Edge::guards).getOrElse(List::of).stream()
            .map(guard -> judged(guard, state, event, context.maxAttempts()))
            .toList(),
        answer.isLeft() ? List.of() : acted(edge.get(), state, event, context.now()),
        answer);
  }

  /** {@return the state after the event, which is the one before it if the event is refused} */
  public UpdateState after() {
    return answer.getOrElse(before);
  }

  private static GuardResult judged(
      Guard guard, UpdateState state, UpdateEvent event, long maxAttempts) {
    return new GuardResult(
        guard,
        guard.holds(state, event, maxAttempts),
        guard.requirement(state, maxAttempts),
        compared(guard, state, event.values(), maxAttempts));
  }

  private static List<Value> compared(
      Guard guard, UpdateState state, UpdateEvent.Values event, long maxAttempts) {
    Value target = new Value("to_version", event.toVersion().getOrElse(""));
    Value running = new Value("running_version", event.runningVersion().getOrElse(""));
    Value force = new Value("force", Boolean.toString(event.force()));
    Value recorded = new Value("state.to_version", state.toVersion().getOrElse(""));
    return switch (guard) {
      case NEW_TARGET -> List.of(target, running);
      case SUPERSEDES -> List.of(target, recorded);
      case NOT_ROLLED_BACK ->
        List.of(
            target,
            new Value("state.rolled_back_versions", String.join(", ", state.rolledBackVersions())),
            force);
      case ATTEMPTS_LEFT ->
        List.of(
            target,
            recorded,
            new Value("state.attempt_count", Long.toString(state.attemptCount())),
            new Value("max_attempts", maxAttempts == 0 ? "no limit" : Long.toString(maxAttempts)),
            force);
      case RUNNING_TARGET -> List.of(running, recorded);
    };
  }

  private static List<ActionResult> acted(
      Edge edge, UpdateState before, UpdateEvent event, Instant now) {
    List<ActionResult> results = new ArrayList<>();
    UpdateState state = before;
    for (Action action : edge.actions()) {
      UpdateState next = action.apply(state, event, now);
      results.add(new ActionResult(action, changes(state, next)));
      state = next;
    }
    return results;
  }

  private static List<Change> changes(UpdateState before, UpdateState after) {
    List<Change> changes = new ArrayList<>();
    Map<String, String> now = values(after);
    values(before).forEach((field, value) -> {
      String next = now.getOrDefault(field, "");
      if (!next.equals(value)) {
        changes.add(new Change(field, value, next));
      }
    });
    return List.copyOf(changes);
  }

  /** Returns the values that actions change, by their names in the state file. */
  private static Map<String, String> values(UpdateState state) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("from_version", state.fromVersion().getOrElse(""));
    values.put("to_version", state.toVersion().getOrElse(""));
    values.put("started_at", state.startedAt().map(Instant::toString).getOrElse(""));
    values.put("last_error", state.lastError().getOrElse(""));
    values.put("attempt_count", Long.toString(state.attemptCount()));
    values.put("rolled_back_versions", String.join(", ", state.rolledBackVersions()));
    return values;
  }
}
