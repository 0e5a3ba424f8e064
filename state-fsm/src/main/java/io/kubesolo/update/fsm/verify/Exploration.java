package io.kubesolo.update.fsm.verify;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A breadth-first search of every state that can be reached from a fresh one, by every event with
 * three versions. States are the same if they differ only in values that no guard reads: times,
 * history, revision, and by how much the attempts exceed their limit.
 */
public final class Exploration {
  /** The context of every event, with a limit of two attempts. */
  public static final EventContext CONTEXT =
      new EventContext(Instant.parse("2026-01-02T03:04:05Z"), Option.none(), 2);

  static final List<String> VERSIONS = List.of("v1", "v2", "v3");

  private final Map<Object, Node> reached = new LinkedHashMap<>();

  /** The machine to explore. */
  @FunctionalInterface
  interface Machine {
    /** Returns the steps that an event may take from a state; empty if it is rejected. */
    List<Step> steps(UpdateState state, UpdateEvent event);
  }

  /**
   * One accepted event.
   *
   * @param before the state before it
   * @param event the event
   * @param edge the edge it took
   * @param after the state after it
   */
  record Step(UpdateState before, UpdateEvent event, Edge edge, UpdateState after) {}

  /**
   * Two edges, taken one right after the other.
   *
   * @param first the edge taken first
   * @param second the edge taken next
   */
  record Pair(Edge first, Edge second) {}

  /** A state, the step by which it was first reached, and the steps from it. */
  private record Node(UpdateState state, Option<Step> cause, List<Step> out) {
    Node(UpdateState state, Option<Step> cause) {
      this(state, cause, new ArrayList<>());
    }
  }

  private Exploration(Machine machine) {
    Queue<Node> queue = new ArrayDeque<>();
    visit(UpdateState.fresh(CONTEXT.now()), Option.none(), queue);
    while (!queue.isEmpty()) {
      Node node = queue.remove();
      for (UpdateEvent event : events()) {
        for (Step step : machine.steps(node.state(), event)) {
          node.out().add(step);
          visit(step.after(), Option.some(step), queue);
        }
      }
    }
  }

  private void visit(UpdateState state, Option<Step> cause, Queue<Node> queue) {
    reached.computeIfAbsent(key(state), key -> {
      Node node = new Node(state.toBuilder().history(List.of()).build(), cause);
      queue.add(node);
      return node;
    });
  }

  /** Returns the values that distinguish one state from another. */
  static Object key(UpdateState state) {
    return List.of(
        state.phase(),
        state.fromVersion(),
        state.toVersion(),
        state.lastError(),
        Math.min(state.attemptCount(), CONTEXT.maxAttempts() + 1),
        state.rolledBackVersions());
  }

  /** Explores a machine. */
  static Exploration of(Machine machine) {
    return new Exploration(machine);
  }

  /**
   * Explores the decisions of an engine.
   *
   * @param engine the engine
   * @return the states that it reaches
   */
  public static Exploration of(LifecycleEngine engine) {
    return of(
        (state, event) -> step(engine.table(), state, event, engine.decide(state, event, CONTEXT)));
  }

  /** Returns the step of an engine's answer; empty if it rejected the event. */
  static List<Step> step(
      TransitionTable table,
      UpdateState state,
      UpdateEvent event,
      Either<Rejection, UpdateState> answer) {
    return answer
        .map(after -> List.of(
            new Step(state, event, table.edge(state.phase(), event.type()).get(), after)))
        .getOrElse(List.of());
  }

  /** {@return every event with each of the versions} */
  public static List<UpdateEvent> events() {
    return Stream.of(EventType.values()).flatMap(Exploration::events).toList();
  }

  /**
   * Returns the events of a type. This does not compile until it lists the events of a new type.
   */
  private static Stream<UpdateEvent> events(EventType type) {
    return switch (type) {
      case CHECK -> Stream.of(new UpdateEvent.Check());
      case NO_UPDATE -> Stream.of(new UpdateEvent.NoUpdate());
      case DOWNLOAD -> VERSIONS.stream().flatMap(Exploration::downloads);
      case STAGE -> Stream.of(new UpdateEvent.Stage());
      case ACTIVATE -> Stream.of(new UpdateEvent.Activate());
      case VERIFY -> VERSIONS.stream().map(UpdateEvent.Verify::new);
      case CONFIRM -> Stream.of(new UpdateEvent.Confirm());
      case FAIL -> Stream.of(new UpdateEvent.Fail("failed"));
      case ROLLBACK ->
        Stream.of(false, true).map(retry -> new UpdateEvent.Rollback("rolled back", retry));
      case CANCEL -> Stream.of(new UpdateEvent.Cancel());
      case ACKNOWLEDGE -> Stream.of(new UpdateEvent.Acknowledge());
    };
  }

  private static Stream<UpdateEvent> downloads(String running) {
    return VERSIONS.stream()
        .flatMap(target ->
            Stream.of(false, true).map(force -> new UpdateEvent.Download(target, running, force)));
  }

  /** {@return the states that were reached, in the order of the number of events to them} */
  public List<UpdateState> states() {
    return reached.values().stream().map(Node::state).toList();
  }

  /** Returns every step, in the order of the states. */
  List<Step> steps() {
    return reached.values().stream().flatMap(node -> node.out().stream()).toList();
  }

  /** Returns the fewest events that lead to a state that was reached. */
  List<UpdateEvent> pathTo(UpdateState state) {
    Option<Step> cause = Option.of(reached.get(key(state))).flatMap(Node::cause);
    return cause.map(this::path).getOrElse(List.of());
  }

  /** Returns the fewest events that end in a step. */
  List<UpdateEvent> path(Step step) {
    List<UpdateEvent> path = new ArrayList<>(pathTo(step.before()));
    path.add(step.event());
    return path;
  }

  /** Returns the states from which no events lead to a resting phase, in the order of discovery. */
  List<UpdateState> stuck() {
    List<Step> steps = steps();
    Set<Object> restful = new HashSet<>();
    boolean grew = true;
    while (grew) {
      int before = restful.size();
      steps.stream()
          .filter(step -> step.after().phase().isResting() || restful.contains(key(step.after())))
          .forEach(step -> restful.add(key(step.before())));
      grew = restful.size() > before;
    }
    return states().stream()
        .filter(state -> !state.phase().isResting() && !restful.contains(key(state)))
        .toList();
  }
}
