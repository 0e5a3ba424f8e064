package io.kubesolo.update.fsm;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
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

  private static final Map<Engine, LifecycleEngine> ENGINES = Map.of(
      Engine.SPRING, Engine.SPRING.get(),
      Engine.TABLE, Engine.TABLE.get());

  @ParameterizedTest
  @EnumSource
  void declaresTheContractsEdgesAndNoOther(Engine engine) {
    List<String> edges =
        engine(engine).table().edges().stream().map(EdgesTest::inWords).toList();

    assertThat(Difference.between(edges, EDGES.lines().toList())).isEmpty();
  }

  /** The lines above are in the order in which the config declares the edges. */
  @ParameterizedTest
  @EnumSource
  void listsTheEdgesInTheOrderOfDeclaration(Engine engine) {
    String edges =
        engine(engine).table().edges().stream().map(EdgesTest::inWords).collect(joining("\n"));

    assertThat(edges + "\n").isEqualTo(EDGES);
  }

  @Test
  void listsEachCellForEachEngine() {
    int engines = Engine.values().length;
    long edges = cells().filter(cell -> !"-".equals(cell.get()[3])).count();

    assertThat(cells().count())
        .isEqualTo((long) engines * Phase.values().length * EventType.values().length);
    assertThat(edges).isEqualTo(engines * EDGES.lines().count());
  }

  @ParameterizedTest
  @MethodSource("cells")
  void answersEachCell(Engine engine, Phase phase, EventType type, String to) {
    UpdateState before = SampleStates.in(phase);
    UpdateEvent event = SampleStates.event(type);

    Either<Rejection, UpdateState> answer =
        engine(engine).decide(before, event, SampleStates.CONTEXT);

    if (to.equals("-")) {
      assertThat(answer)
          .isEqualTo(Either.left(new IllegalTransition(phase, event, permitted(phase))));
    } else {
      ReferenceModel model = new ReferenceModel(before, 3);
      model.send(event, SampleStates.CONTEXT.now(), SampleStates.CONTEXT.boot());
      assertThat(answer.get().phase().wireName()).isEqualTo(to).isEqualTo(model.phase());
      assertThat(ReferenceModel.describe(answer.get())).isEqualTo(model.describe());
      assertThat(answer.get().violations()).isEmpty();
    }
  }

  private static LifecycleEngine engine(Engine engine) {
    return requireNonNull(ENGINES.get(engine));
  }

  static Stream<Arguments> cells() {
    List<String[]> rows = CELLS.lines().map(line -> line.split(" +", -1)).toList();
    List<Arguments> cells = new ArrayList<>();
    for (Engine engine : Engine.values()) {
      for (String[] row : rows.subList(1, rows.size())) {
        for (int i = 1; i < row.length; i++) {
          Phase phase = Phase.ofWireName(row[0]).get();
          EventType type = EventType.ofWireName(rows.get(0)[i]).get();
          cells.add(Arguments.of(engine, phase, type, row[i]));
        }
      }
    }
    return cells.stream();
  }

  private static List<EventType> permitted(Phase phase) {
    return cells()
        .map(Arguments::get)
        .filter(cell -> cell[0] == Engine.SPRING && cell[1] == phase && !"-".equals(cell[3]))
        .map(cell -> (EventType) cell[2])
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
