package io.kubesolo.update.fsm.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.build.LayoutFaults.Box;
import io.kubesolo.update.fsm.build.LayoutFaults.Segment;
import io.kubesolo.update.fsm.build.SvgLayout.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.elk.graph.ElkNode;
import org.junit.jupiter.api.Test;

/** The coordinates of the picture: no line is taken for another one, and nothing overlaps. */
class SvgLayoutTest {
  private final TransitionTable table = new TableEngine().table();
  private final SvgLayout layout = SvgLayout.of(table);

  @Test
  void hasNoFaults() {
    assertThat(LayoutFaults.of(layout)).isEmpty();
  }

  @Test
  void isTheFirstOfSeveralThatHasNoFaults() {
    Variant tight = new Variant(1, 1, 1, 1);
    List<Variant> variants = new ArrayList<>(SvgLayout.VARIANTS);
    variants.add(0, tight);

    assertThat(LayoutFaults.of(SvgLayout.of(table, variants))).isEmpty();
    assertThatIllegalStateException()
        .isThrownBy(() -> SvgLayout.of(table, List.of(tight, tight)))
        .withMessageStartingWith("no layout of the picture is without faults: 2 tried, ")
        .withMessageEndingWith("; add variants to SvgLayout");
  }

  @Test
  void isNotWiderThanAReadme() {
    List<Edge> dense = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      for (EventType event : EventType.values()) {
        dense.add(new Edge(phase, event, phase, List.of(), List.of()));
      }
    }

    assertThatIllegalStateException()
        .isThrownBy(
            () -> SvgLayout.of(new TransitionTable(dense), SvgLayout.VARIANTS.subList(0, 1)))
        .withMessageContaining("the picture is wider than a README");
  }

  @Test
  void drawsTheDirectDownloadBesideChecking() {
    SvgLayout.Rule direct = layout.rules.stream()
        .filter(rule -> rule.edges().get(0).from() == Phase.IDLE
            && rule.edges().get(0).event() == EventType.DOWNLOAD)
        .findFirst()
        .orElseThrow();

    assertThat(direct.edges()).hasSize(1);
    assertThat(direct.box().getY())
        .isBetween(phase(Phase.IDLE).getY(), phase(Phase.DOWNLOADING).getY());
  }

  @Test
  void drawsTheWayOfAnUpdateThatSucceedsDownwards() {
    for (int i = 1; i < SvgLayout.PATH.size(); i++) {
      ElkNode before = phase(SvgLayout.PATH.get(i - 1));
      assertThat(phase(SvgLayout.PATH.get(i)).getY())
          .isGreaterThan(before.getY() + before.getHeight());
    }
  }

  @Test
  void noticesPlantedFaults() {
    Box a = new Box("a", 0, 0, 50, 20);
    Box b = new Box("b", 0, 100, 50, 120);
    Segment down = new Segment("a", "b", new Box("", 25, 20, 25, 100));
    assertThat(LayoutFaults.of(List.of(a, b), List.of(down))).isEmpty();

    assertThat(LayoutFaults.of(List.of(a, b, new Box("c", 40, 10, 90, 30)), List.of()))
        .containsExactly("a overlaps c");
    assertThat(LayoutFaults.of(List.of(a, b, new Box("c", 28, 40, 90, 60)), List.of(down)))
        .containsExactly("a to b touches c");
    assertThat(LayoutFaults.of(
            List.of(a, b), List.of(down, new Segment("c", "d", new Box("", 25, 60, 25, 150)))))
        .contains("a to b runs along c to d");
    assertThat(LayoutFaults.of(
            List.of(a, b), List.of(down, new Segment("c", "d", new Box("", 29, 60, 29, 90)))))
        .contains("a to b runs along c to d");
    assertThat(LayoutFaults.of(
            List.of(a, b), List.of(down, new Segment("c", "d", new Box("", 25, 110, 25, 150)))))
        .contains("a to b reads on as c to d");
  }

  private ElkNode phase(Phase phase) {
    return Objects.requireNonNull(layout.phases.get(phase));
  }
}
