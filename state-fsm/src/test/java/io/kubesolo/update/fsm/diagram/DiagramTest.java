package io.kubesolo.update.fsm.diagram;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubesolo.update.core.Action;
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
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.core.testing.SampleStates;
import io.kubesolo.update.fsm.Engine;
import io.kubesolo.update.fsm.diagram.Diagram.Format;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiagramTest {
  private final TransitionTable table = Engine.SPRING.get().table();

  /** A state that failed after it was staged, and was staged again. */
  private final UpdateState staged = after(
      new Check(),
      new Download("v2", "v1"),
      new Stage(),
      new Fail("x"),
      new Download("v2", "v1"),
      new Stage());

  @ParameterizedTest
  @EnumSource
  void showsEveryPhaseEdgeGuardAndAction(Format format) {
    String text = plain(format);

    for (Edge edge : table.edges()) {
      assertThat(text).contains(edge.from().wireName(), edge.event().wireName());
      edge.guards().forEach(guard -> assertThat(text).contains(guard.ruleName()));
      edge.actions().forEach(action -> assertThat(text).contains(action.ruleName()));
    }
    assertThat(text).endsWith("\n").doesNotContain("\r");
  }

  /** Uses Egypt's locale, in which Java formats numbers with other digits. */
  @ParameterizedTest
  @EnumSource
  void givesTheSameBytesInEveryLocale(Format format) {
    String expected = marked(format, staged);
    Locale before = Locale.getDefault(Locale.Category.FORMAT);
    Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      assertThat(marked(format, staged)).isEqualTo(expected);
    } finally {
      Locale.setDefault(Locale.Category.FORMAT, before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void givesTheSameBytesFromTheConfigAndFromTheCompiledTable(Format format) {
    Diagram compiled = Diagram.of(Engine.TABLE.get().table());

    assertThat(compiled.render(format, Option.none())).isEqualTo(plain(format));
    assertThat(compiled.render(format, Option.some(staged))).isEqualTo(marked(format, staged));
  }

  @ParameterizedTest
  @EnumSource
  void looksDifferentInEachPhase(Format format) {
    assertThat(Stream.of(Phase.values()).map(SampleStates::in).map(state -> marked(format, state)))
        .doesNotHaveDuplicates()
        .doesNotContain(plain(format));
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MARKDOWN", "SVG", "SCXML", "JSON"})
  void drawsEdgesWithTheSameSourceAndTargetAsOneArrow(Format format) {
    assertThat(plain(format).lines().filter(line -> line.matches(" *checking -.* idle\\b.*")))
        .singleElement()
        .asString()
        .contains("no_update, cancel");
    int ends = (int) table.edges().stream()
        .map(edge -> edge.from() + " " + edge.to())
        .distinct()
        .count();
    assertThat(plain(format).lines().filter(line -> line.matches(" *[a-z_]+ -+> [a-z_]+\\b.*")))
        .hasSizeBetween(ends, ends + 1);
  }

  @Test
  void namesEachFormatAsOnTheCommandLine() {
    assertThat(Stream.of(Format.values()).map(Format::toString))
        .containsExactly("mermaid", "dot", "plantuml", "svg", "scxml", "markdown", "json");
  }

  @Test
  void labelsEdgesOfOneArrowSeparatelyIfTheirRulesDiffer() {
    TransitionTable two = new TransitionTable(List.of(
        new Edge(Phase.CHECKING, EventType.CANCEL, Phase.IDLE, List.of(), List.of()),
        new Edge(
            Phase.CHECKING,
            EventType.NO_UPDATE,
            Phase.IDLE,
            List.of(),
            List.of(Action.CLEAR_ERROR))));

    assertThat(Diagram.of(two).render(Format.PLANTUML, Option.none()))
        .contains("checking --> idle : cancel\\nno_update\\n/ clearError\n");
    assertThat(Diagram.of(two).render(Format.MERMAID, Option.none()))
        .contains("  checking --> idle : cancel, no_update\n")
        .contains("  %% checking, no_update / clearError\n")
        .doesNotContain("%% checking, cancel");
  }

  @Test
  void drawsRestingTransientAndPresentPhasesDifferently() {
    assertThat(plain(Format.MERMAID))
        .contains("  class idle,success,rolled_back,failed resting\n")
        .contains("  class %s transient\n".formatted(transientPhasesBut("")))
        .doesNotContain(" present\n");
    assertThat(marked(Format.MERMAID, staged))
        .contains("  class idle,success,rolled_back,failed resting\n")
        .contains("  class %s transient\n".formatted(transientPhasesBut("staged")))
        .contains("  class staged present\n");
    assertThat(marked(Format.MERMAID, SampleStates.in(Phase.IDLE)))
        .contains("  class success,rolled_back,failed resting\n")
        .contains("  class idle present\n");
    for (Phase phase : Phase.values()) {
      String style = phase.isResting() ? "\"filled\"" : "\"rounded,filled\"";
      String kind = phase.isResting() ? "resting" : "transient";
      assertThat(plain(Format.DOT)).contains("  %s [style=%s, ".formatted(phase, style));
      assertThat(plain(Format.PLANTUML)).contains("state %s <<%s>> #".formatted(phase, kind));
      assertThat(plain(Format.SCXML))
          .contains("<state id=\"%s\" update:kind=\"%s\">".formatted(phase, kind));
    }
  }

  @Test
  void coloursPhasesByTheirMeaning() {
    Map<Phase, String> fills = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      Matcher node =
          Pattern.compile("  " + phase + " \\[.*fillcolor=\"(#\\w+)\"").matcher(plain(Format.DOT));
      assertThat(node.find()).isTrue();
      fills.put(phase, node.group(1));
      assertThat(plain(Format.PLANTUML))
          .containsPattern("state " + phase + " <<\\w+>> " + node.group(1));
    }

    assertThat(fills.get(Phase.FAILED)).isEqualTo(fills.get(Phase.ROLLED_BACK));
    assertThat(fills.get(Phase.CHECKING)).isEqualTo(fills.get(Phase.VERIFYING));
    assertThat(Set.copyOf(fills.values())).hasSize(4);
    assertThat(plain(Format.MERMAID))
        .contains("  class success good\n", "  class rolled_back,failed bad\n");
    assertThat(marked(Format.MERMAID, SampleStates.in(Phase.SUCCESS)))
        .contains("  class success present\n")
        .doesNotContain("  class success good\n");
  }

  @Test
  void explainsTheShapesOfTheSvg() {
    assertThat(plain(Format.SVG).lines())
        .filteredOn(line -> line.startsWith("<g class=\"legend\">"))
        .singleElement()
        .asString()
        .contains("work is in progress", "the update rests", "[guards], / actions");
  }

  @Test
  void writesTheHeadersOfTheTables() {
    String[] heads = {
      "| from | event | to | guards | actions |\n| --- | --- | --- | --- | --- |\n",
      "\n| in | " + Stream.of(EventType.values()).map(EventType::wireName).collect(joining(" | "))
          + " |\n|"
          + " --- |".repeat(EventType.values().length + 1) + "\n"
    };

    assertThat(plain(Format.MARKDOWN)).startsWith(heads[0]).contains(heads[1]);
    assertThat(marked(Format.MARKDOWN, staged))
        .startsWith("| from | event | to | guards | actions | taken |\n")
        .contains(heads[1]);
  }

  @Test
  void givesEachPhaseEdgeAndRuleOfTheSvgAGroup() {
    List<String> groups =
        plain(Format.SVG).lines().filter(line -> line.startsWith("<g id=")).toList();

    assertThat(groups).doesNotHaveDuplicates();
    assertThat(groups.size())
        .isEqualTo(Phase.values().length
            + table.edges().size()
            + SvgStructure.rules(table).size());
    for (Phase phase : Phase.values()) {
      String kind = phase.isResting() ? "resting" : "transient";
      assertThat(groups)
          .anyMatch(group ->
              group.startsWith("<g id=\"phase-%s\" class=\"phase %s\">".formatted(phase, kind)));
    }
    for (Edge edge : table.edges()) {
      assertThat(groups)
          .anyMatch(group -> group.startsWith(
              "<g id=\"edge-%s-%s\" class=\"edge\">".formatted(edge.from(), edge.event())));
    }
  }

  @Test
  void marksThePhaseThePathAndTheLastEdgeInTheSvg() {
    String svg = marked(Format.SVG, staged);

    assertThat(classes(svg, "present")).containsExactly("phase-staged");
    assertThat(classes(svg, "last"))
        .containsExactlyInAnyOrderElementsOf(ids(Phase.DOWNLOADING, EventType.STAGE));
    assertThat(classes(svg, "taken"))
        .containsExactlyInAnyOrderElementsOf(Stream.of(
                ids(Phase.CHECKING, EventType.DOWNLOAD),
                ids(Phase.DOWNLOADING, EventType.STAGE),
                ids(Phase.STAGED, EventType.FAIL),
                ids(Phase.FAILED, EventType.DOWNLOAD))
            .flatMap(List::stream)
            .toList());
    assertThat(svg.lines().sorted()).hasSameSizeAs(plain(Format.SVG).lines().toList());
  }

  private static String transientPhasesBut(String present) {
    return Stream.of(Phase.values())
        .filter(phase -> !phase.isResting())
        .map(Phase::wireName)
        .filter(name -> !name.equals(present))
        .collect(joining(","));
  }

  /** Returns the ids of an edge and of its rule, which is named by the first edge that shares it. */
  private List<String> ids(Phase from, EventType event) {
    List<Edge> rule = SvgStructure.rules(table).stream()
        .filter(edges -> edges.contains(table.edge(from, event).get()))
        .findFirst()
        .orElseThrow();
    return List.of(
        "edge-%s-%s".formatted(from, event),
        "rule-%s-%s".formatted(event, rule.get(0).from()));
  }

  @Test
  void drawsMarkedEdgesOfTheSvgAboveTheOthers() {
    List<String> lines = marked(Format.SVG, staged).lines().toList();
    int end = lines.indexOf(SvgStructure.END_OF_EDGES);

    assertThat(lines.subList(end - 8, end)).allMatch(line -> line.contains("taken"));
    assertThat(lines.subList(end - 2, end)).allMatch(line -> line.contains("taken last"));
  }

  @Test
  void drawsPhasesOfTheSvgAboveEveryEdge() {
    List<String> lines = marked(Format.SVG, staged).lines().toList();

    assertThat(lines.subList(lines.indexOf(SvgStructure.END_OF_EDGES), lines.size()))
        .filteredOn(line -> line.startsWith("<g id=\"phase-"))
        .hasSize(Phase.values().length);
  }

  @Test
  void marksThePhaseThePathAndTheLastEdgeInText() {
    assertThat(marked(Format.MERMAID, staged))
        .contains("  class staged present\n", "downloading --> staged : ▶ stage\n")
        .contains("staged --> failed : ● fail\n", "activated --> verifying : verify");
    assertThat(marked(Format.MARKDOWN, staged))
        .contains("| downloading | stage | **staged** | | | last |\n")
        .contains("| **staged** | fail | failed | | recordError | yes |\n")
        .contains("| **staged** | activate | activated | | | |\n")
        .contains("\n| **staged** | | | downloading | | activated |");
    assertThat(marked(Format.SCXML, staged))
        .contains("<state id=\"staged\" update:kind=\"transient\" update:present=\"true\">")
        .contains("target=\"staged\" update:taken=\"true\" update:last=\"true\"/>");
    assertThat(marked(Format.DOT, staged))
        .contains(
            "  downloading -> staged [label=\"  stage\\l\", color=\"#6639ba\", fontcolor=\"#6639ba\","
                + " penwidth=3.5]\n")
        .contains("  staged -> failed [label=\"  fail\\l  / recordError\\l\", color=\"#8250df\",")
        .contains("  staged -> activated [label=\"  activate\\l\"]\n")
        .contains("fillcolor=\"#efe3ff\", color=\"#6639ba\", penwidth=4]\n");
    assertThat(marked(Format.PLANTUML, staged))
        .contains("state staged <<transient>> #efe3ff;")
        .contains("downloading -[#6639ba,thickness=4]-> staged : stage\n")
        .contains("staged -[#8250df,thickness=2]-> failed : fail\\n/ recordError\n")
        .contains("staged --> activated : activate\n");
  }

  @Test
  void findsTheLastEdgeInTheHistoryIfSeveralLeadIntoThePhase() {
    assertThat(highlight(new Download("v2", "v1"), new Fail("x")).last())
        .isEqualTo(table.edge(Phase.DOWNLOADING, EventType.FAIL));
    assertThat(highlight(new Download("v2", "v1"), new Stage(), new Fail("x")).last())
        .isEqualTo(table.edge(Phase.STAGED, EventType.FAIL));
  }

  @Test
  void ignoresAnEntryOfTheSameInstantThatDidNotLeadToThePhase() {
    UpdateState checking = SampleStates.in(Phase.CHECKING).toBuilder()
        .history(List.of(new HistoryEntry(
            SampleStates.in(Phase.CHECKING).updatedAt().get(),
            "acknowledge",
            "failed",
            "idle",
            Option.none(),
            Option.none())))
        .build();

    assertThat(DiagramHighlight.of(table, Option.some(checking)).last())
        .isEqualTo(table.edge(Phase.IDLE, EventType.CHECK));
  }

  @Test
  void findsTheLastEdgeThatTheHistoryOmits() {
    Option<Edge> check = table.edge(Phase.IDLE, EventType.CHECK);

    assertThat(highlight(new Check()).last()).isEqualTo(check);
    assertThat(highlight(new Download("v2", "v1"), new Fail("x"), new Acknowledge(), new Check())
            .last())
        .isEqualTo(check);
  }

  @Test
  void marksNoLastEdgeIfItIsUnknown() {
    assertThat(highlight().last()).isEmpty();
    assertThat(highlight(new Check(), new NoUpdate()).last()).isEmpty();
    assertThat(highlight(
                new Download("v2", "v1"),
                new Fail("x"),
                new Acknowledge(),
                new Check(),
                new NoUpdate())
            .last())
        .isEmpty();
  }

  /**
   * Uses a state of the Go agent, which went from any phase to any other one, and wrote no
   * revision.
   */
  @Test
  void marksNoLastEdgeOfAStateThatTheGoAgentWrote() {
    UpdateState written = SampleStates.in(Phase.CHECKING);
    UpdateState seed = written.toBuilder()
        .phase(Phase.CHECKING)
        .revision(0)
        .boot(Option.none())
        .rolledBackVersions(List.of())
        .history(List.of())
        .build();

    assertThat(DiagramHighlight.of(table, Option.some(written)).last()).isNotEmpty();
    assertThat(DiagramHighlight.of(table, Option.some(seed)).last()).isEmpty();
  }

  @Test
  void ignoresHistoryEntriesThatMatchNoEdge() {
    UpdateState foreign = staged.toBuilder()
        .history(List.of(
            foreign("warp", "idle", "staged"),
            foreign("warp", "idle", "checking"),
            foreign("check", "idle", "staged"),
            foreign("check", "staged", "checking")))
        .build();

    assertThat(DiagramHighlight.of(table, Option.some(foreign)).taken()).isEmpty();
    assertThat(classes(marked(Format.SVG, foreign), "present")).containsExactly("phase-staged");
  }

  @Test
  void definesEachClassThatItUses() {
    String text = marked(Format.MERMAID, staged);

    for (String name : List.of("transient", "resting", "good", "bad", "present")) {
      assertThat(text).containsOnlyOnce("  classDef " + name + " fill:#");
    }
    assertThat(text.lines().filter(line -> line.startsWith("  class ")))
        .allMatch(line -> text.contains("  classDef " + line.split(" ", -1)[4] + " "));
  }

  @Test
  void highlightsAPathThroughTheMachine() {
    Edge first = table.edge(Phase.IDLE, EventType.CHECK).get();
    Edge last = table.edge(Phase.CHECKING, EventType.FAIL).get();

    String path = Diagram.of(table).render(Format.MERMAID, Phase.FAILED, List.of(first, last));
    assertThat(path)
        .contains("  idle --> checking : ● check\n")
        .contains("  checking --> failed : ▶ fail\n")
        .contains("  class failed present\n");
    assertThat(Diagram.of(table).render(Format.MERMAID, Phase.IDLE, List.of()))
        .contains("  class idle present\n")
        .doesNotContain("●", "▶");
  }

  /** Checks the width of a border, the colour, and the texts of an edge for each kind of phase. */
  @Test
  void phasesDifferInTheirLinesToo() {
    String dot = marked(Format.DOT, staged);
    assertThat(dot)
        .containsPattern("  idle \\[style=\"filled\", .*penwidth=2\\]")
        .containsPattern("  checking \\[style=\"rounded,filled\", .*penwidth=1\\]")
        .containsPattern("  staged \\[.*penwidth=4\\]");
    String plantuml = marked(Format.PLANTUML, staged);
    assertThat(plantuml.lines().filter(line -> line.endsWith(";line.bold"))).hasSize(1);
    assertThat(plain(Format.PLANTUML)).doesNotContain("line.bold");
    String json = marked(Format.JSON, staged);
    assertThat(json.lines().filter(line -> line.contains("\"last\": true"))).hasSize(1);
    assertThat(json.lines().filter(line -> line.contains("\"taken\": true")))
        .hasSizeGreaterThan(1)
        .hasSizeLessThan(table.edges().size());
    assertThat(plain(Format.JSON)).doesNotContain("\"taken\"");
  }

  @Test
  void rejectsAnSvgOfEdgesThatAreNotTheBuilds() {
    Diagram other = Diagram.of(new TransitionTable(table.edges().subList(0, 3)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> other.render(Format.SVG, Option.none()))
        .withMessage("the build generated no SVG of these edges");
    assertThat(other.render(Format.DOT, Option.none())).contains("checking -> idle");
  }

  private static HistoryEntry foreign(String event, String from, String to) {
    return new HistoryEntry(ManualClock.START, event, from, to, Option.none(), Option.none());
  }

  private static List<String> classes(String svg, String name) {
    return svg.lines()
        .filter(line -> line.matches("<g id=\"[^\"]*\" class=\"[^\"]*\\b" + name + "\\b.*"))
        .map(line -> line.split("\"", 3)[1])
        .toList();
  }

  private DiagramHighlight highlight(UpdateEvent... events) {
    return DiagramHighlight.of(table, Option.some(after(events)));
  }

  /** Returns the state after events that are a second apart by the wall clock. */
  private static UpdateState after(UpdateEvent... events) {
    Instant now = ManualClock.START;
    UpdateState state = UpdateState.fresh(now);
    for (UpdateEvent event : events) {
      now = now.plusSeconds(1);
      EventContext context = new EventContext(now, Option.none(), 3);
      state = Engine.TABLE.get().decide(state, event, context).get();
    }
    return state;
  }

  private String plain(Format format) {
    return Diagram.of(table).render(format, Option.none());
  }

  private String marked(Format format, UpdateState state) {
    return Diagram.of(table).render(format, Option.some(state));
  }
}
