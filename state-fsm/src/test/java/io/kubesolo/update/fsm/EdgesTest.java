package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.ReferenceModel;
import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Either;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EdgesTest {
  /** The contract's table by hand: from, event, to, guards, actions. */
  private static final String EDGES = """
      idle check checking - startAttempt
      checking no_update idle - clearError
      checking download downloading newTarget,notRolledBack,attemptsLeft takeTarget
      idle download downloading newTarget,notRolledBack,attemptsLeft startAttempt,takeTarget
      downloading download downloading newTarget,notRolledBack,attemptsLeft startAttempt,takeTarget
      success download downloading newTarget,notRolledBack,attemptsLeft startAttempt,takeTarget
      rolled_back download downloading newTarget,notRolledBack,attemptsLeft startAttempt,takeTarget
      failed download downloading newTarget,notRolledBack,attemptsLeft startAttempt,takeTarget
      staged download downloading newTarget,supersedes,notRolledBack startAttempt,takeTarget
      downloading stage staged - -
      staged activate activated - -
      activated verify verifying runningTarget -
      verifying confirm success - clearError,resetAttempts,forgetRollback
      checking fail failed - recordError
      downloading fail failed - recordError
      staged fail failed - recordError
      activated rollback rolled_back - recordError,rememberRollback
      verifying rollback rolled_back - recordError,rememberRollback
      success rollback rolled_back - recordError,rememberRollback
      checking cancel idle - clearError
      downloading cancel idle - clearError
      staged cancel idle - clearError
      success acknowledge idle - clearError
      rolled_back acknowledge idle - clearError
      failed acknowledge idle - clearError
      """;

  /** The same as cells: what each event leads to in each phase, and - where it is illegal. */
  private static final String CELLS = """
      phase       check    no_update download    stage  activate  verify    confirm fail   rollback    cancel acknowledge
      idle        checking -         downloading -      -         -         -       -      -           -      -
      checking    -        idle      downloading -      -         -         -       failed -           idle   -
      downloading -        -         downloading staged -         -         -       failed -           idle   -
      staged      -        -         downloading -      activated -         -       failed -           idle   -
      activated   -        -         -           -      -         verifying -       -      rolled_back -      -
      verifying   -        -         -           -      -         -         success -      rolled_back -      -
      success     -        -         downloading -      -         -         -       -      rolled_back -      idle
      rolled_back -        -         downloading -      -         -         -       -      -           -      idle
      failed      -        -         downloading -      -         -         -       -      -           -      idle
      """;

  private static final LifecycleEngine SPRING = Engine.SPRING.get();
  private static final LifecycleEngine TABLE = Engine.TABLE.get();

  @Test
  void declaresTheContractsEdgesAndNoOther() {
    assertThat(Difference.between(edges(), EDGES.lines().toList())).isEmpty();
  }

  /** Checks that the lines above are in the order in which the config declares the edges. */
  @Test
  void listsTheEdgesInTheOrderOfDeclaration() {
    List<String> edges = edges();
    List<String> lines = EDGES.lines().toList();
    assumeThat(Difference.between(edges, lines)).isEmpty();

    assertThat(IntStream.range(0, lines.size())
            .filter(i -> !edges.get(i).equals(lines.get(i)))
            .mapToObj(i -> "edge %d: %s".formatted(i, edges.get(i)))
            .findFirst())
        .isEmpty();
  }

  @Test
  void aSuccessfulUpdateGoesFromEachPhaseOfItsPathToTheNext() {
    List<Phase> path = Phase.successfulPath();
    assertThat(path).first().isEqualTo(Phase.IDLE);
    assertThat(path).last().isEqualTo(Phase.SUCCESS);
    for (int i = 1; i < path.size(); i++) {
      Phase from = path.get(i - 1);
      Phase to = path.get(i);
      assertThat(TABLE.table().edges()).anyMatch(edge -> edge.from() == from && edge.to() == to);
    }
  }

  @Test
  void bothEnginesHaveTheSameEdgesInTheSameOrder() {
    List<Edge> edges = SPRING.table().edges();

    assertThat(Difference.between(TABLE.table().edges(), edges)).isEmpty();
    assertThat(TABLE.table().edges().equals(edges)).as("the order is the same").isTrue();
  }

  @Test
  void listsEachCell() {
    assertThat(cells().count()).isEqualTo((long) Phase.values().length * EventType.values().length);
    assertThat(cells().filter(cell -> !"-".equals(cell.get()[2])).count())
        .isEqualTo(EDGES.lines().count());
  }

  @ParameterizedTest
  @MethodSource("cells")
  void answersEachCell(Phase phase, EventType type, String to) {
    UpdateState before = SampleStates.in(phase);
    UpdateEvent event = SampleStates.event(type);

    Either<Rejection, UpdateState> answer = SPRING.decide(before, event, SampleStates.CONTEXT);

    assertThat(TABLE.decide(before, event, SampleStates.CONTEXT).equals(answer))
        .as("both engines give the same answer")
        .isTrue();
    assertThat(outcome(answer)).as("%s %s", phase, type).isEqualTo(to);
    if (answer.isLeft()) {
      IllegalTransition refusal = (IllegalTransition) answer.getLeft();
      assertThat(refusal.phase()).isEqualTo(phase);
      assertThat(refusal.event()).isEqualTo(event);
    } else {
      ReferenceModel model = new ReferenceModel(before, 3);
      model.send(event, SampleStates.CONTEXT.now(), SampleStates.CONTEXT.boot());
      assertThat(model.phase()).isEqualTo(to);
      assertThat(ReferenceModel.describe(answer.get())).isEqualTo(model.describe());
      assertThat(answer.get().violations()).isEmpty();
    }
  }

  @Test
  void aRefusalListsTheEventsThatHaveAnEdge() {
    List<String> expected = new ArrayList<>();
    List<String> actual = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      expected.add(phase + ": " + permitted(phase));
      actual.add(phase + ": " + permittedByRefusal(phase));
    }

    assertThat(Difference.between(actual, expected)).isEmpty();
  }

  /** Returns what the first refusal of an event in a phase lists; no phase accepts every event. */
  private static List<EventType> permittedByRefusal(Phase phase) {
    return Stream.of(EventType.values())
        .map(type ->
            SPRING.decide(SampleStates.in(phase), SampleStates.event(type), SampleStates.CONTEXT))
        .filter(answer -> answer.isLeft() && answer.getLeft() instanceof IllegalTransition)
        .map(answer -> ((IllegalTransition) answer.getLeft()).permitted())
        .findFirst()
        .orElseThrow();
  }

  /** Returns the phase after an event, - if it has no edge, or the message of another refusal. */
  private static String outcome(Either<Rejection, UpdateState> answer) {
    return answer.fold(
        refusal -> refusal instanceof IllegalTransition ? "-" : refusal.message(),
        state -> state.phase().wireName());
  }

  private static List<String> edges() {
    return SPRING.table().edges().stream().map(EdgesTest::inWords).toList();
  }

  static Stream<Arguments> cells() {
    List<String[]> rows = CELLS.lines().map(line -> line.split(" +", -1)).toList();
    List<Arguments> cells = new ArrayList<>();
    for (String[] row : rows.subList(1, rows.size())) {
      for (int i = 1; i < row.length; i++) {
        Phase phase = Phase.ofWireName(row[0]).get();
        EventType type = EventType.ofWireName(rows.get(0)[i]).get();
        cells.add(Arguments.of(phase, type, row[i]));
      }
    }
    return cells.stream();
  }

  private static List<EventType> permitted(Phase phase) {
    return cells()
        .map(Arguments::get)
        .filter(cell -> cell[0] == phase && !"-".equals(cell[2]))
        .map(cell -> (EventType) cell[1])
        .toList();
  }

  private static String inWords(Edge edge) {
    return "%s %s %s %s %s"
        .formatted(edge.from(), edge.event(), edge.to(), list(edge.guards()), list(edge.actions()));
  }

  private static String list(List<?> names) {
    return names.isEmpty()
        ? "-"
        : String.join(",", names.stream().map(Object::toString).toList());
  }
}
