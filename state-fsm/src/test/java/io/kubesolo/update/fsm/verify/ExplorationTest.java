package io.kubesolo.update.fsm.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.InMemoryStateStore;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.fsm.Difference;
import io.kubesolo.update.fsm.Engine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TestSettings;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.fsm.verify.Exploration.Pair;
import io.kubesolo.update.fsm.verify.Exploration.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Invariants of every state that can be reached, and the paths of events through the machine. */
class ExplorationTest {
  private final Exploration exploration = Exploration.of(Engine.TABLE.get());

  @Test
  void everyReachableStateKeepsTheInvariants() {
    Map<Phase, Integer> counts = new EnumMap<>(Phase.class);
    for (UpdateState state : exploration.states()) {
      counts.merge(state.phase(), 1, Integer::sum);
      assertThat(state.violations()).as("%s", state).isEmpty();
    }
    System.out.printf(
        "%d states reached, %d steps taken: %s%n",
        exploration.states().size(), exploration.steps().size(), counts);
    assertThat(counts).containsOnlyKeys(Phase.values());
  }

  @Test
  void everyTransientStateCanComeToRest() {
    assertThat(exploration.stuck()).isEmpty();
  }

  @Test
  void reachesEveryKindOfStateThatDecisionsDependOn() {
    List<Predicate<UpdateState>> states = List.of(
        state -> state.attemptCount() > Exploration.CONTEXT.maxAttempts(),
        state -> state.rolledBackVersions().size() == 3,
        state -> !state.rolledBackVersions().contains(state.toVersion().getOrElse("")));
    List<Predicate<Step>> steps = List.of(
        step -> step.event() instanceof Download download
            && download.force()
            && step.before().rolledBackVersions().contains(download.targetVersion()),
        step -> step.event() instanceof Download download
            && !step.before().fromVersion().contains(download.runningVersion()));

    assertThat(states).allMatch(kind -> exploration.states().stream().anyMatch(kind));
    assertThat(steps).allMatch(kind -> exploration.steps().stream().anyMatch(kind));
  }

  @ParameterizedTest
  @EnumSource
  void theLifecycleTakesTheShortestPathToEachEdge(Engine engine) {
    Map<Edge, List<UpdateEvent>> paths = paths();

    assertThat(Difference.between(paths.keySet(), engine.get().table().edges())).isEmpty();
    paths.forEach((edge, path) -> assertThat(taken(engine, path)).endsWith(edge));
  }

  @ParameterizedTest
  @EnumSource
  void theLifecycleTakesEveryPairOfEdges(Engine engine) {
    Map<Pair, List<UpdateEvent>> pairs = pairs();

    pairs.forEach(
        (pair, path) -> assertThat(taken(engine, path)).endsWith(pair.first(), pair.second()));
    System.out.printf("%d pairs of edges taken by %s%n", pairs.size(), engine);
    assertThat(Difference.between(pairs.keySet(), adjacent(engine))).isEmpty();
  }

  /** Returns the fewest events that end in each edge that can be taken. */
  private Map<Edge, List<UpdateEvent>> paths() {
    Map<Edge, List<UpdateEvent>> paths = new LinkedHashMap<>();
    exploration
        .steps()
        .forEach(step -> paths.computeIfAbsent(step.edge(), edge -> exploration.path(step)));
    return paths;
  }

  /** Returns the fewest events that end in each pair of edges that can be taken in a row. */
  private Map<Pair, List<UpdateEvent>> pairs() {
    Map<Object, List<Step>> next = exploration.steps().stream()
        .collect(Collectors.groupingBy(step -> Exploration.key(step.before())));
    Map<Pair, List<UpdateEvent>> paths = new LinkedHashMap<>();
    for (Step first : exploration.steps()) {
      for (Step second : next.getOrDefault(Exploration.key(first.after()), List.of())) {
        paths.computeIfAbsent(new Pair(first.edge(), second.edge()), pair -> {
          List<UpdateEvent> path = exploration.path(first);
          path.add(second.event());
          return path;
        });
      }
    }
    return paths;
  }

  /** Returns the pairs of edges of which the second starts where the first ends. */
  private static Set<Pair> adjacent(Engine engine) {
    List<Edge> edges = engine.get().table().edges();
    Set<Pair> pairs = new LinkedHashSet<>();
    edges.forEach(first -> edges.stream()
        .filter(second -> second.from() == first.to())
        .forEach(second -> pairs.add(new Pair(first, second))));
    return pairs;
  }

  /** Returns the edges that a new lifecycle takes by the events. */
  private static List<Edge> taken(Engine engine, List<UpdateEvent> events) {
    List<Edge> taken = new ArrayList<>();
    LifecycleSettings settings = TestSettings.with(new ManualClock())
        .withMaxAttempts(Exploration.CONTEXT.maxAttempts())
        .withListeners(transition -> taken.add(edge(engine, transition)));
    InMemoryStateStore store = new InMemoryStateStore(UpdateState.fresh(ManualClock.START));
    try (UpdateLifecycle lifecycle =
        UpdateLifecycle.open(store, settings, engine.get()).get()) {
      events.forEach(event -> assertThat(lifecycle.send(event).isRight()).isTrue());
    }
    return taken;
  }

  private static Edge edge(Engine engine, Transition transition) {
    Edge edge = engine
        .get()
        .table()
        .edge(transition.before().phase(), transition.event().type())
        .get();
    assertThat(transition.after().phase()).isEqualTo(edge.to());
    return edge;
  }
}
