package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.Diagram.Format;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiagramTest {
  private static final TransitionTable TABLE = Engine.SPRING.get().table();
  private static final Diagram DIAGRAM = Diagram.of(TABLE);

  /** Failed once after it was staged, and staged again. */
  private static final UpdateState STAGED = after(
      new Check(),
      new Download("v2", "v1"),
      new Stage(),
      new Fail("x"),
      new Download("v2", "v1"),
      new Stage());

  @ParameterizedTest
  @EnumSource
  void showsEveryPhaseEdgeGuardAndEffect(Format format) {
    String text = plain(format);

    for (Edge edge : TABLE.edges()) {
      assertThat(text).contains(edge.from().wireName(), edge.event().wireName());
      edge.guards().forEach(guard -> assertThat(text).contains(guard.ruleName()));
      edge.effects().forEach(effect -> assertThat(text).contains(effect.ruleName()));
    }
    assertThat(text).endsWith("\n").doesNotContain("\r");
  }

  @ParameterizedTest
  @EnumSource
  void givesTheSameBytesFromTheConfigAndFromTheCompiledTable(Format format) {
    Diagram compiled = Diagram.of(Engine.TABLE.get().table());

    assertThat(compiled.render(format, Option.none())).isEqualTo(plain(format));
    assertThat(compiled.render(format, Option.some(STAGED))).isEqualTo(marked(format, STAGED));
  }

  @ParameterizedTest
  @EnumSource
  void looksDifferentInEachPhase(Format format) {
    assertThat(Stream.of(Phase.values()).map(Sample::in).map(state -> marked(format, state)))
        .doesNotHaveDuplicates()
        .doesNotContain(plain(format));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MARKDOWN", "SVG", "SCXML"})
  void drawsEdgesThatShareBothEndsAsOneArrow(Format format) {
    assertThat(plain(format).lines().filter(line -> line.matches(" *checking -.* idle\\b.*")))
        .singleElement()
        .asString()
        .contains("no_update, cancel");
    assertThat(plain(format).lines().filter(line -> line.matches(" *[a-z_]+ -+> [a-z_]+\\b.*")))
        .hasSizeBetween(23, 24);
  }

  @Test
  void laysTheSvgOutTheSameEachTime() {
    assertThat(SvgWriter.write(new SvgLayout(TABLE))).isEqualTo(plain(Format.SVG));
  }

  @Test
  void givesEachPhaseEdgeAndRuleOfTheSvgAGroup() {
    List<String> groups =
        plain(Format.SVG).lines().filter(line -> line.startsWith("<g id=")).toList();

    assertThat(groups).hasSize(9 + 24 + Svg.rules(TABLE).size()).doesNotHaveDuplicates();
    for (Phase phase : Phase.values()) {
      String kind = phase.isResting() ? "resting" : "transient";
      assertThat(groups)
          .anyMatch(group ->
              group.startsWith("<g id=\"phase-%s\" class=\"phase %s\">".formatted(phase, kind)));
    }
    for (Edge edge : TABLE.edges()) {
      assertThat(groups)
          .anyMatch(group -> group.startsWith(
              "<g id=\"edge-%s-%s\" class=\"edge\">".formatted(edge.from(), edge.event())));
    }
  }

  @Test
  void marksThePhaseThePathAndTheLastEdgeInTheSvg() {
    String svg = marked(Format.SVG, STAGED);

    assertThat(classes(svg, "present")).containsExactly("phase-staged");
    assertThat(classes(svg, "last"))
        .containsExactly("edge-downloading-stage", "rule-stage-downloading");
    assertThat(classes(svg, "taken"))
        .containsExactlyInAnyOrder(
            "edge-checking-download",
            "rule-download-checking",
            "edge-downloading-stage",
            "rule-stage-downloading",
            "edge-staged-fail",
            "rule-fail-checking",
            "edge-failed-download",
            "rule-download-idle");
    assertThat(svg.lines().sorted()).hasSameSizeAs(plain(Format.SVG).lines().toList());
  }

  @Test
  void drawsMarkedEdgesOfTheSvgAboveTheOthers() {
    List<String> lines = marked(Format.SVG, STAGED).lines().toList();
    int end = lines.indexOf(Svg.END_OF_EDGES);

    assertThat(lines.subList(end - 8, end)).allMatch(line -> line.contains("taken"));
    assertThat(lines.subList(end - 2, end)).allMatch(line -> line.contains("taken last"));
  }

  @Test
  void marksThePhaseThePathAndTheLastEdgeInText() {
    assertThat(marked(Format.MERMAID, STAGED))
        .contains("  class staged present\n", "downloading --> staged : ▶ stage\n")
        .contains("staged --> failed : ● fail<br/>", "activated --> verifying : verify");
    assertThat(marked(Format.MARKDOWN, STAGED))
        .contains("| downloading | stage | **staged** | | | last |\n")
        .contains("| **staged** | fail | failed | | recordError | yes |\n")
        .contains("| **staged** | activate | activated | | | |\n")
        .contains("\n| **staged** | | | downloading | | activated |");
    assertThat(marked(Format.SCXML, STAGED))
        .contains("<state id=\"staged\" update:kind=\"transient\" update:present=\"true\">")
        .contains("target=\"staged\" update:taken=\"true\" update:last=\"true\"/>");
  }

  @Test
  void knowsTheLastEdgeThoughTheHistoryLeavesItOut() {
    Option<Edge> check = TABLE.edge(Phase.IDLE, EventType.CHECK);

    assertThat(trail(new Check()).last()).isEqualTo(check);
    assertThat(trail(new Download("v2", "v1"), new Fail("x"), new Acknowledge(), new Check())
            .last())
        .isEqualTo(check);
  }

  @Test
  void marksNoLastEdgeWhereItCannotBeKnown() {
    assertThat(trail().last()).isEmpty();
    assertThat(trail(new Check(), new NoUpdate()).last()).isEmpty();
    assertThat(trail(
                new Download("v2", "v1"),
                new Fail("x"),
                new Acknowledge(),
                new Check(),
                new NoUpdate())
            .last())
        .isEmpty();
  }

  @Test
  void passesOverHistoryThatIsNoneOfThisMachines() {
    UpdateState foreign = STAGED.withHistory(List.of(
        new HistoryEntry(World.START, "warp", "idle", "staged", Option.none(), Option.none()),
        new HistoryEntry(World.START, "stage", "idle", "staged", Option.none(), Option.none())));

    assertThat(Trail.of(TABLE, Option.some(foreign)).taken()).isEmpty();
    assertThat(classes(marked(Format.SVG, foreign), "present")).containsExactly("phase-staged");
  }

  @Test
  void drawsNoSvgOfEdgesThatTheBuildDidNotLayOut() {
    Diagram other = Diagram.of(new TransitionTable(TABLE.edges().subList(0, 3)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> other.render(Format.SVG, Option.none()))
        .withMessage("the build laid out no picture of these edges");
    assertThat(other.render(Format.DOT, Option.none())).contains("checking -> idle");
  }

  private static List<String> classes(String svg, String name) {
    return svg.lines()
        .filter(line -> line.matches("<g id=\"[^\"]*\" class=\"[^\"]*\\b" + name + "\\b.*"))
        .map(line -> line.split("\"", 3)[1])
        .toList();
  }

  private static Trail trail(UpdateEvent... events) {
    return Trail.of(TABLE, Option.some(after(events)));
  }

  /** The events a second apart, as the wall clock tells. */
  private static UpdateState after(UpdateEvent... events) {
    Instant now = World.START;
    UpdateState state = UpdateState.fresh(now);
    for (UpdateEvent event : events) {
      now = now.plusSeconds(1);
      EventContext context = new EventContext(now, Option.none(), 3);
      state = Engine.TABLE.get().decide(state, event, context).get();
    }
    return state;
  }

  private static String plain(Format format) {
    return DIAGRAM.render(format, Option.none());
  }

  private static String marked(Format format, UpdateState state) {
    return DIAGRAM.render(format, Option.some(state));
  }
}
