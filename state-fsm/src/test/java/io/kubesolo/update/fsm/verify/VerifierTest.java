package io.kubesolo.update.fsm.verify;

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
import static io.kubesolo.update.fsm.verify.Finding.Kind.BROKEN_INVARIANT;
import static io.kubesolo.update.fsm.verify.Finding.Kind.GUARD_OVERLAP;
import static io.kubesolo.update.fsm.verify.Finding.Kind.MISPLACED_RULE;
import static io.kubesolo.update.fsm.verify.Finding.Kind.NEVER_TAKEN;
import static io.kubesolo.update.fsm.verify.Finding.Kind.NO_WAY_TO_REST;
import static io.kubesolo.update.fsm.verify.Finding.Kind.SHARED_CELL;
import static io.kubesolo.update.fsm.verify.Finding.Kind.STUCK;
import static io.kubesolo.update.fsm.verify.Finding.Kind.TRAP;
import static io.kubesolo.update.fsm.verify.Finding.Kind.UNDECLARED_PHASE;
import static io.kubesolo.update.fsm.verify.Finding.Kind.UNREACHABLE_PHASE;
import static io.kubesolo.update.fsm.verify.Finding.Kind.UNUSED_ACTION;
import static io.kubesolo.update.fsm.verify.Finding.Kind.UNUSED_EVENT;
import static io.kubesolo.update.fsm.verify.Finding.Kind.UNUSED_GUARD;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.fsm.MachineModel;
import io.kubesolo.update.fsm.SpringEngine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each kind of fault is planted into the real machine, and found with its consequences. */
class VerifierTest {
  private static final List<Edge> EDGES = new SpringEngine().table().edges();

  @Test
  void findsNothingInTheMachine() {
    assertThat(Verifier.verify()).isEmpty();
  }

  @Test
  void findsNothingInReverseOrderOfDeclaration() {
    assertThat(verify(Collections::reverse)).isEmpty();
  }

  @Test
  void findsAPhaseThatNoEdgesLeadTo() {
    assertThat(without(edge -> edge.to() == FAILED))
        .containsExactly(
            Finding.of(UNREACHABLE_PHASE, FAILED), Finding.of(UNUSED_EVENT, EventType.FAIL));
  }

  @Test
  void findsAnIslandThatIsEnteredOnlyFromItself() {
    assertThat(without(edge -> edge.to() == STAGED))
        .contains(Finding.of(UNREACHABLE_PHASE, STAGED), Finding.of(UNREACHABLE_PHASE, VERIFYING))
        .doesNotContain(
            Finding.of(UNREACHABLE_PHASE, DOWNLOADING), Finding.of(UNREACHABLE_PHASE, IDLE));
  }

  @Test
  void findsAPhaseThatNoEdgeLeadsOutOf() {
    assertThat(without(edge -> edge.from() == FAILED)).containsExactly(Finding.of(TRAP, FAILED));
  }

  @Test
  void findsATrapThoughAnEdgeLeadsBackIntoIt() {
    Edge loop = new Edge(FAILED, ACKNOWLEDGE, FAILED, List.of(), List.of());

    assertThat(verify(edges -> {
          edges.removeIf(edge -> edge.from() == FAILED);
          edges.add(loop);
        }))
        .containsExactly(Finding.of(TRAP, FAILED));
  }

  @Test
  void findsATransientPhaseThatCannotComeToRest() {
    assertThat(without(edge -> edge.from() == VERIFYING))
        .contains(Finding.of(TRAP, VERIFYING), Finding.of(NO_WAY_TO_REST, VERIFYING))
        .filteredOn(finding -> finding.kind() == STUCK)
        .extracting(Finding::subject)
        .containsExactly("verifying");
  }

  @Test
  void findsAGuardThatKeepsATransientPhaseFromRest() {
    Edge back = new Edge(CHECKING, VERIFY, IDLE, List.of(Guard.RUNNING_TARGET), List.of());
    List<Edge> edges = List.of(new Edge(IDLE, CHECK, CHECKING, List.of(), List.of()), back);

    assertThat(verify(edges))
        .contains(Finding.of(NEVER_TAKEN, back), Finding.of(STUCK, CHECKING, List.of(new Check())))
        .doesNotContain(Finding.of(NO_WAY_TO_REST, CHECKING));
  }

  @Test
  void acceptsAWayToRestOfManyEvents() {
    List<Edge> edges = new ArrayList<>(onward());
    edges.add(new Edge(STAGED, CANCEL, IDLE, List.of(), List.of()));

    assertThat(verify(edges)).noneMatch(finding -> finding.kind() == STUCK);
  }

  @Test
  void findsNoWayToRestThoughEventsLeadOn() {
    assertThat(verify(onward()))
        .filteredOn(finding -> finding.kind() == STUCK)
        .extracting(Finding::subject)
        .containsExactly("checking", "downloading", "staged");
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
            Finding.of(SHARED_CELL, edge(IDLE, DOWNLOAD), other),
            Finding.of(
                GUARD_OVERLAP,
                "idle -download-> downloading and idle -download-> downloading",
                List.of(new Download("v2", "v1", false))));
  }

  @Test
  void findsNoOverlapIfOnlyOneOfTheEdgesCanBeTaken() {
    Edge taken = new Edge(CHECKING, VERIFY, IDLE, List.of(Guard.RUNNING_TARGET), List.of());
    Edge other = new Edge(CHECKING, VERIFY, SUCCESS, List.of(Guard.NEW_TARGET), List.of());

    assertThat(verify(edges -> edges.addAll(List.of(taken, other))))
        .contains(Finding.of(SHARED_CELL, taken, other), Finding.of(MISPLACED_RULE, other))
        .noneMatch(finding -> finding.kind() == GUARD_OVERLAP);
  }

  @Test
  void findsARuleWhoseEventLacksItsValue() {
    Edge guarded = new Edge(FAILED, CHECK, CHECKING, List.of(Guard.NEW_TARGET), List.of());
    Edge recording = new Edge(SUCCESS, STAGE, FAILED, List.of(), List.of(Action.RECORD_ERROR));

    assertThat(verify(edges -> edges.addAll(List.of(guarded, recording))))
        .containsExactlyInAnyOrder(
            Finding.of(MISPLACED_RULE, recording), Finding.of(MISPLACED_RULE, guarded));
  }

  @Test
  void findsAnEdgeThatBreaksAnInvariant() {
    Edge careless = new Edge(FAILED, CANCEL, IDLE, List.of(), List.of());

    assertThat(verify(edges -> edges.add(careless)))
        .singleElement()
        .matches(finding -> finding.kind() == BROKEN_INVARIANT)
        .matches(finding -> finding.subject().equals("failed -cancel-> idle"))
        .matches(finding -> finding.detail().contains("idle carries an error"));
  }

  @Test
  void findsUnusedEventsGuardsAndActions() {
    assertThat(without(edge -> edge.event() == NO_UPDATE))
        .containsExactly(Finding.of(UNUSED_EVENT, NO_UPDATE));
    assertThat(verify(edges -> edges.replaceAll(edge -> without(Guard.SUPERSEDES, edge))))
        .containsExactly(Finding.of(UNUSED_GUARD, Guard.SUPERSEDES));
    assertThat(verify(edges -> edges.replaceAll(edge -> without(Action.FORGET_ROLLBACK, edge))))
        .containsExactly(Finding.of(UNUSED_ACTION, Action.FORGET_ROLLBACK));
  }

  @Test
  void findsAnUndeclaredPhaseWhoseEdgesSpringDropped() {
    Set<Phase> states = EnumSet.complementOf(EnumSet.of(FAILED));
    List<Edge> left = EDGES.stream()
        .filter(edge -> edge.from() != FAILED && edge.to() != FAILED)
        .toList();

    assertThat(Verifier.verify(new MachineModel(IDLE, states, left)))
        .contains(
            Finding.of(UNDECLARED_PHASE, FAILED),
            Finding.of(UNREACHABLE_PHASE, FAILED),
            Finding.of(UNUSED_EVENT, EventType.FAIL));
  }

  @Test
  void describesEveryFaultInOneLine() {
    String messages = Stream.of(Finding.Kind.values())
        .map(kind -> Finding.of(kind, edge(STAGED, DOWNLOAD), List.of(new Check())))
        .map(Finding::message)
        .collect(joining("\n", "", "\n"));

    assertThat(messages).isEqualTo("""
            EDGE is not declared as a state
            no edges lead to EDGE
            no edge leads out of EDGE
            no edges lead from EDGE to a resting phase
            in EDGE, no events lead to a resting phase after [Check[]]
            two edges have the same source and event: EDGE; [Check[]]
            the guards of EDGE all hold after [Check[]]
            the guards of EDGE never hold together
            a guard or action of EDGE needs a value that the event does not carry
            EDGE breaks an invariant: [Check[]]
            no edge has the event EDGE
            no edge has the guard EDGE
            no edge has the action EDGE
            """.replace("EDGE", "staged -download-> downloading"));
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
    return Verifier.verify(new MachineModel(IDLE, Set.of(Phase.values()), edges));
  }
}
