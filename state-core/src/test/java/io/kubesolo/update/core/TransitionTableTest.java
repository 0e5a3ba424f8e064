package io.kubesolo.update.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.testing.SampleStates;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransitionTableTest {
  private static final Edge STAGE =
      new Edge(Phase.DOWNLOADING, EventType.STAGE, Phase.STAGED, List.of(), List.of());
  private static final Edge CANCEL =
      new Edge(Phase.DOWNLOADING, EventType.CANCEL, Phase.IDLE, List.of(), List.of());
  private static final Edge GIVE_UP =
      new Edge(Phase.CHECKING, EventType.CANCEL, Phase.IDLE, List.of(), List.of());
  private final TransitionTable table = new TransitionTable(List.of(CANCEL, STAGE, GIVE_UP));

  @Test
  void findsAnEdgeByItsCell() {
    assertThat(table.edge(Phase.DOWNLOADING, EventType.STAGE)).containsExactly(STAGE);
    assertThat(table.edge(Phase.CHECKING, EventType.CANCEL)).containsExactly(GIVE_UP);
    assertThat(table.edge(Phase.CHECKING, EventType.STAGE)).isEmpty();
    assertThat(table.edge(Phase.FAILED, EventType.STAGE)).isEmpty();
  }

  @Test
  void keepsTheOrderOfDeclarationAndListsInTheOrderOfTheEnums() {
    assertThat(table.edges()).containsExactly(CANCEL, STAGE, GIVE_UP);
    assertThat(table.permitted(Phase.DOWNLOADING))
        .containsExactly(EventType.STAGE, EventType.CANCEL);
    assertThat(table.permitted(Phase.FAILED)).isEmpty();
    assertThat(table.legalIn(EventType.CANCEL)).containsExactly(Phase.CHECKING, Phase.DOWNLOADING);
    assertThat(table.legalIn(EventType.CHECK)).isEmpty();
  }

  @Test
  void rejectsTwoEdgesInOneCell() {
    Edge other = new Edge(Phase.DOWNLOADING, EventType.STAGE, Phase.FAILED, List.of(), List.of());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TransitionTable(List.of(STAGE, other)))
        .withMessageStartingWith("two edges share one cell: ");
  }

  @Test
  void refusesAnEventWithoutAnEdgeAsIllegal() {
    Rejection rejection =
        table.rejection(SampleStates.in(Phase.DOWNLOADING), new Confirm(), List.of());

    assertThat(rejection)
        .isEqualTo(new IllegalTransition(
            Phase.DOWNLOADING, new Confirm(), List.of(EventType.STAGE, EventType.CANCEL)));
  }

  @Test
  void refusesAnEventWithFailedGuardsAsDenied() {
    Download download = new Download("v2", "v2");
    UpdateState state =
        SampleStates.in(Phase.CHECKING).toBuilder().attemptCount(3).build();
    List<Denial> denials =
        List.of(new Denial(Guard.NEW_TARGET, state, 3), new Denial(Guard.ATTEMPTS_LEFT, state, 3));

    assertThat(table.rejection(state, download, denials))
        .isEqualTo(new GuardDenied(Phase.CHECKING, download, denials, List.of(EventType.CANCEL)));
    assertThat(denials.stream().map(Denial::requirement))
        .containsExactly(
            "the target must differ from the running version",
            "the target must differ from v2, whose attempts are used up (3 of 3), unless the event is forced");
  }
}
