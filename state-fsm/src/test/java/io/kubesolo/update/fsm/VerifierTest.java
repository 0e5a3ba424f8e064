package io.kubesolo.update.fsm;

import static io.kubesolo.update.core.EventType.ACKNOWLEDGE;
import static io.kubesolo.update.core.EventType.CANCEL;
import static io.kubesolo.update.core.EventType.CHECK;
import static io.kubesolo.update.core.EventType.DOWNLOAD;
import static io.kubesolo.update.core.EventType.NO_UPDATE;
import static io.kubesolo.update.core.EventType.STAGE;
import static io.kubesolo.update.core.EventType.VERIFY;
import static io.kubesolo.update.core.Phase.CHECKING;
import static io.kubesolo.update.core.Phase.DOWNLOADING;
import static io.kubesolo.update.core.Phase.FAILED;
import static io.kubesolo.update.core.Phase.IDLE;
import static io.kubesolo.update.core.Phase.STAGED;
import static io.kubesolo.update.core.Phase.SUCCESS;
import static io.kubesolo.update.core.Phase.VERIFYING;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.fsm.Declaration.Link;
import io.kubesolo.update.fsm.Finding.BrokenPromise;
import io.kubesolo.update.fsm.Finding.GuardOverlap;
import io.kubesolo.update.fsm.Finding.MisplacedRule;
import io.kubesolo.update.fsm.Finding.NeverTaken;
import io.kubesolo.update.fsm.Finding.NoWayToRest;
import io.kubesolo.update.fsm.Finding.NotBuilt;
import io.kubesolo.update.fsm.Finding.SharedCell;
import io.kubesolo.update.fsm.Finding.Stuck;
import io.kubesolo.update.fsm.Finding.TransitionCount;
import io.kubesolo.update.fsm.Finding.Trap;
import io.kubesolo.update.fsm.Finding.UndeclaredPhase;
import io.kubesolo.update.fsm.Finding.UnreachablePhase;
import io.kubesolo.update.fsm.Finding.UnusedAction;
import io.kubesolo.update.fsm.Finding.UnusedEvent;
import io.kubesolo.update.fsm.Finding.UnusedGuard;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.springframework.statemachine.config.builders.StateMachineStateConfigurer;
import org.springframework.statemachine.config.builders.StateMachineTransitionConfigurer;

/** Each fault, planted into the real machine, is found and named, with what follows from it. */
class VerifierTest {
  private static final List<Edge> EDGES = new SpringEngine().table().edges();

  @Test
  void findsNothingInTheMachine() {
    assertThat(Verifier.verify()).isEmpty();
  }

  @Test
  void findsNothingInWhateverOrderTheEdgesAreDeclared() {
    assertThat(verify(Collections::reverse)).isEmpty();
  }

  @Test
  void findsAPhaseThatNoEdgesLeadTo() {
    assertThat(without(edge -> edge.to() == FAILED))
        .containsExactly(new UnreachablePhase(FAILED), new UnusedEvent(EventType.FAIL));
  }

  @Test
  void findsAnIslandThatIsEnteredOnlyFromItself() {
    assertThat(without(edge -> edge.to() == STAGED))
        .contains(new UnreachablePhase(STAGED), new UnreachablePhase(VERIFYING))
        .doesNotContain(new UnreachablePhase(DOWNLOADING), new UnreachablePhase(IDLE));
  }

  @Test
  void findsAPhaseThatNoEdgeLeadsOutOf() {
    assertThat(without(edge -> edge.from() == FAILED)).containsExactly(new Trap(FAILED));
  }

  @Test
  void takesAnEdgeBackIntoItsOwnPhaseForNoWayOut() {
    Edge loop = new Edge(FAILED, ACKNOWLEDGE, FAILED, List.of(), List.of());

    assertThat(verify(edges -> {
          edges.removeIf(edge -> edge.from() == FAILED);
          edges.add(loop);
        }))
        .containsExactly(new Trap(FAILED));
  }

  @Test
  void findsATransientPhaseThatCannotComeToRest() {
    assertThat(without(edge -> edge.from() == VERIFYING))
        .contains(new Trap(VERIFYING), new NoWayToRest(VERIFYING))
        .filteredOn(Stuck.class::isInstance)
        .singleElement()
        .matches(stuck -> ((Stuck) stuck).phase() == VERIFYING);
  }

  @Test
  void findsAGuardThatKeepsATransientPhaseFromRest() {
    Edge back = new Edge(CHECKING, VERIFY, IDLE, List.of(Guard.RUNNING_TARGET), List.of());
    List<Edge> edges = List.of(new Edge(IDLE, CHECK, CHECKING, List.of(), List.of()), back);

    assertThat(verify(edges))
        .contains(new NeverTaken(back), new Stuck(CHECKING, List.of(new Check())))
        .doesNotContain(new NoWayToRest(CHECKING));
  }

  @Test
  void takesManyEventsToRestForAWayToRest() {
    List<Edge> edges = new ArrayList<>(onward());
    edges.add(new Edge(STAGED, CANCEL, IDLE, List.of(), List.of()));

    assertThat(verify(edges)).noneMatch(Stuck.class::isInstance);
  }

  @Test
  void takesEventsThatLeadOnForNoWayToRest() {
    assertThat(verify(onward()))
        .filteredOn(Stuck.class::isInstance)
        .extracting(stuck -> ((Stuck) stuck).phase())
        .containsExactly(CHECKING, DOWNLOADING, STAGED);
  }

  private static List<Edge> onward() {
    return List.of(
        new Edge(IDLE, CHECK, CHECKING, List.of(), List.of()),
        new Edge(CHECKING, DOWNLOAD, DOWNLOADING, List.of(), taking()),
        new Edge(DOWNLOADING, STAGE, STAGED, List.of(), List.of()));
  }

  @Test
  void findsTwoEdgesOnOneCellAndThatTheirGuardsOverlap() {
    Edge other = new Edge(IDLE, DOWNLOAD, DOWNLOADING, List.of(Guard.NEW_TARGET), taking());

    assertThat(verify(edges -> edges.add(other)))
        .containsExactlyInAnyOrder(
            new SharedCell(edge(IDLE, DOWNLOAD), other),
            new GuardOverlap(
                edge(IDLE, DOWNLOAD), other, List.of(new Download("v2", "v1", false))));
  }

  @Test
  void findsNoOverlapWhereOnlyOneOfTheEdgesCanBeTaken() {
    Edge taken = new Edge(CHECKING, VERIFY, IDLE, List.of(Guard.RUNNING_TARGET), List.of());
    Edge other = new Edge(CHECKING, VERIFY, SUCCESS, List.of(Guard.NEW_TARGET), List.of());

    assertThat(verify(edges -> edges.addAll(List.of(taken, other))))
        .contains(new SharedCell(taken, other), new MisplacedRule(other))
        .noneMatch(GuardOverlap.class::isInstance);
  }

  @Test
  void findsARuleWhoseEventLacksWhatItTakes() {
    Edge guarded = new Edge(FAILED, CHECK, CHECKING, List.of(Guard.NEW_TARGET), List.of());
    Edge recording = new Edge(SUCCESS, STAGE, FAILED, List.of(), List.of(Action.RECORD_ERROR));

    assertThat(verify(edges -> edges.addAll(List.of(guarded, recording))))
        .containsExactlyInAnyOrder(new MisplacedRule(recording), new MisplacedRule(guarded));
  }

  @Test
  void findsAnEdgeThatBreaksAPromise() {
    Edge careless = new Edge(FAILED, CANCEL, IDLE, List.of(), List.of());

    assertThat(verify(edges -> edges.add(careless)))
        .singleElement()
        .matches(finding -> ((BrokenPromise) finding).edge().equals(careless))
        .matches(finding -> finding.message().contains("idle carries an error"));
  }

  @Test
  void findsUnusedEventsGuardsAndActions() {
    assertThat(without(edge -> edge.event() == NO_UPDATE))
        .containsExactly(new UnusedEvent(NO_UPDATE));
    assertThat(verify(edges -> edges.replaceAll(edge -> without(Guard.SUPERSEDES, edge))))
        .containsExactly(new UnusedGuard(Guard.SUPERSEDES));
    assertThat(verify(edges -> edges.replaceAll(edge -> without(Action.FORGET_ROLLBACK, edge))))
        .containsExactly(new UnusedAction(Action.FORGET_ROLLBACK));
  }

  @Test
  void findsAnEdgeToAPhaseThatWasNotDeclaredAndThatSpringDroppedIt() {
    Declaration declared = Declaration.of(new LifecycleConfig() {
      @Override
      public void configure(StateMachineStateConfigurer<Phase, EventType> states) throws Exception {
        states.withStates().initial(IDLE).states(EnumSet.complementOf(EnumSet.of(FAILED)));
      }
    });

    assertThat(Verifier.verify(declared))
        .contains(
            new UndeclaredPhase(edge(STAGED, EventType.FAIL), FAILED),
            new UndeclaredPhase(edge(FAILED, ACKNOWLEDGE), FAILED),
            new NotBuilt(edge(STAGED, EventType.FAIL)))
        .filteredOn(TransitionCount.class::isInstance)
        .singleElement()
        .matches(count ->
            ((TransitionCount) count).declared() == 24 && ((TransitionCount) count).built() < 24);
  }

  @Test
  void findsATransitionThatWasDeclaredToSpringAlone() {
    Declaration declared = Declaration.of(new LifecycleConfig() {
      @Override
      public void configure(StateMachineTransitionConfigurer<Phase, EventType> spring)
          throws Exception {
        super.configure(spring);
        spring.withExternal().source(IDLE).target(STAGED).event(STAGE);
      }
    });

    assertThat(Verifier.verify(declared)).containsExactly(new TransitionCount(24, 25));
  }

  @Test
  void namesEveryFaultInOneLine() {
    Edge edge = edge(STAGED, DOWNLOAD);
    Edge other = edge(IDLE, CHECK);
    List<Finding> findings = List.of(
        new UnreachablePhase(FAILED),
        new Trap(FAILED),
        new NoWayToRest(STAGED),
        new Stuck(CHECKING, List.of(new Check())),
        new SharedCell(other, edge),
        new GuardOverlap(other, edge, List.of(new Check())),
        new NeverTaken(edge),
        new MisplacedRule(edge),
        new BrokenPromise(edge, "idle carries an error"),
        new UnusedEvent(CHECK),
        new UnusedGuard(Guard.SUPERSEDES),
        new UnusedAction(Action.CLEAR_ERROR),
        new UndeclaredPhase(edge, STAGED),
        new TransitionCount(24, 23),
        new NotBuilt(edge));

    assertThat(findings.stream().map(Finding::message))
        .containsExactly("""
        no edges lead to failed
        no edge leads out of failed
        no edges lead from staged to a resting phase
        in checking, no events lead to a resting phase after [Check[]]
        two edges share one phase and event: idle -check-> checking; staged -download-> downloading
        the guards of idle -check-> checking and staged -download-> downloading all hold at [Check[]]
        the guards of staged -download-> downloading never hold together
        a guard or action of staged -download-> downloading takes what the event does not carry
        staged -download-> downloading breaks a promise: idle carries an error
        no edge has the event check
        no edge has the guard supersedes
        no edge has the action clearError
        staged -download-> downloading has an end in staged, which is not declared
        of 24 declared edges, Spring built 23 transitions
        Spring did not build staged -download-> downloading
        """.lines().toArray(String[]::new));
  }

  private static Edge edge(Phase from, EventType event) {
    return EDGES.stream()
        .filter(edge -> edge.from() == from && edge.event() == event)
        .findFirst()
        .orElseThrow();
  }

  private static List<Action> taking() {
    return List.of(Action.START_ATTEMPT, Action.TAKE_TARGET);
  }

  private static Edge without(Guard guard, Edge edge) {
    return new Edge(
        edge.from(), edge.event(), edge.to(), but(edge.guards(), guard), edge.actions());
  }

  private static Edge without(Action action, Edge edge) {
    return new Edge(
        edge.from(), edge.event(), edge.to(), edge.guards(), but(edge.actions(), action));
  }

  private static <T> List<T> but(List<T> all, T one) {
    return all.stream().filter(other -> other != one).toList();
  }

  private static List<Finding> without(Predicate<Edge> planted) {
    return verify(edges -> edges.removeIf(planted));
  }

  private static List<Finding> verify(Consumer<List<Edge>> planted) {
    List<Edge> edges = new ArrayList<>(EDGES);
    planted.accept(edges);
    return verify(edges);
  }

  private static List<Finding> verify(List<Edge> edges) {
    List<Link> built = edges.stream().map(Link::of).toList();
    return Verifier.verify(new Declaration(IDLE, Set.of(Phase.values()), edges, built));
  }
}
