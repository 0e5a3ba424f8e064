package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
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

/**
 * Every state that can be reached from a fresh one, breadth first, by every event that a few
 * versions allow. States that differ only in what no decision depends on count as one: times,
 * history, revision, and by how much the attempts are above their limit.
 */
final class Exploration {
  /** The world that stands still around an exploration. */
  static final EventContext CONTEXT =
      new EventContext(Instant.parse("2026-01-02T03:04:05Z"), Option.none(), 2);

  private static final List<String> VERSIONS = List.of("v1", "v2", "v3");

  private final Map<Object, Node> reached = new LinkedHashMap<>();

  /** What is explored. */
  @FunctionalInterface
  interface Machine {
    /** The steps that an event may take from a state; none where it is refused. */
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

  /** A state, the step that first led to it, and the steps out of it. */
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
      Node node = new Node(state.withHistory(List.of()), cause);
      queue.add(node);
      return node;
    });
  }

  private static Object key(UpdateState state) {
    return List.of(
        state.phase(),
        state.fromVersion(),
        state.toVersion(),
        state.lastError(),
        Math.min(state.attemptCount(), CONTEXT.maxAttempts() + 1),
        state.rolledBackVersions());
  }

  /** Explores what a machine does. */
  static Exploration of(Machine machine) {
    return new Exploration(machine);
  }

  /** Explores what an engine decides. */
  static Exploration of(LifecycleEngine engine) {
    return of(
        (state, event) -> step(engine.table(), state, event, engine.decide(state, event, CONTEXT)));
  }

  /** The step that an engine's answer means; none where it refused. */
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

  /** Every event that the versions allow. */
  static List<UpdateEvent> events() {
    List<UpdateEvent> events = new ArrayList<>(List.of(
        new UpdateEvent.Check(),
        new UpdateEvent.NoUpdate(),
        new UpdateEvent.Stage(),
        new UpdateEvent.Activate(),
        new UpdateEvent.Confirm(),
        new UpdateEvent.Fail("failed"),
        new UpdateEvent.Rollback("rolled back"),
        new UpdateEvent.Cancel(),
        new UpdateEvent.Acknowledge()));
    for (String running : VERSIONS) {
      events.add(new UpdateEvent.Verify(running));
      for (String target : VERSIONS) {
        events.add(new UpdateEvent.Download(target, running, false));
        events.add(new UpdateEvent.Download(target, running, true));
      }
    }
    return events;
  }

  /** The states that were reached, those that the fewest events lead to first. */
  List<UpdateState> states() {
    return reached.values().stream().map(Node::state).toList();
  }

  /** Every step, in the order of the states. */
  List<Step> steps() {
    return reached.values().stream().flatMap(node -> node.out().stream()).toList();
  }

  /** The fewest events that lead to a state that was reached. */
  List<UpdateEvent> pathTo(UpdateState state) {
    Option<Step> cause = Option.of(reached.get(key(state))).flatMap(Node::cause);
    return cause.map(this::path).getOrElse(List.of());
  }

  /** The fewest events that end in a step. */
  List<UpdateEvent> path(Step step) {
    return append(pathTo(step.before()), step.event());
  }

  /** The fewest events that end in each edge that can be taken. */
  Map<Edge, List<UpdateEvent>> paths() {
    Map<Edge, List<UpdateEvent>> paths = new LinkedHashMap<>();
    steps().forEach(step -> paths.computeIfAbsent(step.edge(), edge -> path(step)));
    return paths;
  }

  /** The fewest events that end in each pair of edges that can be taken in a row. */
  Map<Pair, List<UpdateEvent>> pairs() {
    Map<Pair, List<UpdateEvent>> paths = new LinkedHashMap<>();
    for (Step first : steps()) {
      for (Step second :
          Option.of(reached.get(key(first.after()))).map(Node::out).get()) {
        paths.computeIfAbsent(
            new Pair(first.edge(), second.edge()), pair -> append(path(first), second.event()));
      }
    }
    return paths;
  }

  /** The transient states from which no events lead to a resting phase, the nearest first. */
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

  private static List<UpdateEvent> append(List<UpdateEvent> path, UpdateEvent event) {
    List<UpdateEvent> longer = new ArrayList<>(path);
    longer.add(event);
    return longer;
  }
}
