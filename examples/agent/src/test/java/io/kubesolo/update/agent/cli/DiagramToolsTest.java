package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.Program;
import io.kubesolo.update.core.testing.tool.Tools;
import io.kubesolo.update.fsm.TableEngine;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.sourceforge.plantuml.BlockUml;
import net.sourceforge.plantuml.FileFormat;
import net.sourceforge.plantuml.FileFormatOption;
import net.sourceforge.plantuml.SourceStringReader;
import net.sourceforge.plantuml.error.PSystemError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each diagram, with and without marks, is accepted by the program that it is made for. */
@Timeout(120)
class DiagramToolsTest {
  private static final Path MERMAID = Path.of("../../.ci/mermaid").toAbsolutePath();

  @TempDir
  Path folder;

  private CommandLineRun agent;

  @BeforeEach
  void anUpdateThatWasRolledBackIsStagedAgain() {
    agent = new CommandLineRun(folder.resolve("state.json"));
    String[] download = {"send", "download", "--to-version", "v2", "--running-version", "v1"};
    agent.run(download);
    agent.run("send", "stage");
    agent.run("send", "activate");
    agent.run("send", "rollback", "--error", "x");
    agent.run(Stream.concat(Stream.of(download), Stream.of("--force")).toArray(String[]::new));
    agent.run("send", "stage");
  }

  @Test
  void mermaidsOwnParserAcceptsTheMermaid() throws Exception {
    Tools.assumePresent("node");
    Tools.assume(
        Files.isDirectory(MERMAID.resolve("node_modules")),
        "npm ci has not run in " + MERMAID.normalize());
    String diagram = diagram("mermaid", "");
    List<String> command = new ArrayList<>(List.of("node", MERMAID + "/parse.js"));
    for (String text : List.of(diagram, diagram("mermaid", "--current"), diagram + "idle --> --")) {
      Path file = folder.resolve(command.size() + ".mermaid");
      command.add(Files.writeString(file, text).toString());
    }

    CommandLineRun.Result parsed = Program.run(folder, "", command.toArray(String[]::new));

    assertThat(parsed.err()).isEmpty();
    assertThat(parsed.lines()).hasSize(3).startsWith("stateDiagram", "stateDiagram");
    assertThat(parsed.lines().get(2)).startsWith("refused: Parse error on line");
  }

  /** Edges that differ only in their event are drawn as one arrow. */
  private static int arrows() {
    return (int) new TableEngine()
        .table().edges().stream()
            .map(edge -> List.of(edge.from(), edge.to(), edge.guards(), edge.actions()))
            .distinct()
            .count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--current"})
  void graphvizDrawsTheDot(String current) throws Exception {
    Tools.assumePresent("dot");
    String diagram = diagram("dot", current);

    CommandLineRun.Result drawn = Program.run(folder, diagram, "dot", "-Tplain");

    assertThat(drawn.code()).isZero();
    assertThat(drawn.err()).isEmpty();
    assertThat(drawn.lines().stream().filter(line -> line.startsWith("node "))).hasSize(1 + 9);
    assertThat(drawn.lines().stream().filter(line -> line.startsWith("edge ")))
        .hasSize(1 + arrows());
    assertThat(Program.run(folder, diagram.replace("label=", "label "), "dot", "-Tplain")
            .code())
        .isNotZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--current"})
  void plantUmlDrawsThePlantUml(String current) throws Exception {
    String diagram = diagram("plantuml", current);
    SourceStringReader reader = new SourceStringReader(diagram);
    ByteArrayOutputStream svg = new ByteArrayOutputStream();

    reader.outputImage(svg, new FileFormatOption(FileFormat.SVG));

    assertThat(reader.getBlocks()).singleElement().matches(block -> !isError(block));
    assertThat(svg.toString(UTF_8)).contains(">rolled_back<", ">[newTarget, notRolledBack,");
    SourceStringReader wrong = new SourceStringReader(diagram.replace("state idle", "stat idle"));
    assertThat(wrong.getBlocks()).singleElement().matches(DiagramToolsTest::isError);
  }

  @Test
  void aBrowserShowsTheSvgWithNothingOverlapping() throws Exception {
    Tools.assumePresent("chromium");
    String svg = diagram("svg", "");

    assertThat(faults(svg, diagram("svg", "--current"))).isEmpty();
    assertThat(faults(
            svg.replace("</svg>", ""),
            svg.replace(">downloading</text>", ">downloading and more</text>"),
            svg.replaceFirst("class=\"line\" d=\"M", "class=\"line\" d=\"M0 0 L650 1000 M"),
            svg.replace("viewBox=\"0 0", "viewBox=\"200 0"),
            svg.replaceFirst(" y=\"\\d+", " y=\"9")))
        .as("a browser that notices planted mistakes")
        .extracting(fault -> fault.replaceFirst(":.*", ""))
        .contains("0", "1", "2", "3", "4");
  }

  /**
   * Returns what a browser has to say about pictures, a line each, which begins with the one's
   * number.
   */
  private List<String> faults(String... pictures) throws Exception {
    StringBuilder sources = new StringBuilder();
    for (String svg : pictures) {
      sources.append("<script type=\"image/svg+xml\">").append(svg).append("</script>");
    }
    Path page = folder.resolve("page.html");
    String look = Files.readString(Path.of("src/test/resources/look.html"));
    Files.writeString(page, look.replace("<!-- pictures -->", sources));

    CommandLineRun.Result shown = Program.run(
        folder,
        "",
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--user-data-dir=" + folder.resolve("chromium"),
        "--dump-dom",
        page.toUri().toString());

    String report = shown.out().split("<pre id=\"report\">|</pre>", -1)[1];
    assertThat(report).startsWith("looked at " + pictures.length + " pictures");
    return report.lines().skip(1).toList();
  }

  private String diagram(String format, String current) {
    CommandLineRun.Result drawn = current.isEmpty()
        ? agent.run("diagram", "--format", format)
        : agent.run("diagram", "--format", format, current);
    assertThat(drawn.code()).isZero();
    return drawn.out();
  }

  private static boolean isError(BlockUml block) {
    return block.getDiagram() instanceof PSystemError;
  }
}
