package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import net.sourceforge.plantuml.BlockUml;
import net.sourceforge.plantuml.FileFormat;
import net.sourceforge.plantuml.FileFormatOption;
import net.sourceforge.plantuml.SourceStringReader;
import net.sourceforge.plantuml.error.PSystemError;
import org.junit.jupiter.api.BeforeEach;
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

  private Cli agent;

  @BeforeEach
  void anUpdateThatWasRolledBackIsStagedAgain() {
    agent = new Cli(folder.resolve("state.json"));
    String[] download = {"send", "download", "--to-version", "v2", "--running-version", "v1"};
    agent.run(download);
    agent.run("send", "stage");
    agent.run("send", "activate");
    agent.run("send", "rollback", "--error", "x");
    agent.run(Stream.concat(Stream.of(download), Stream.of("--force")).toArray(String[]::new));
    agent.run("send", "stage");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--current"})
  void mermaidsOwnParserTakesTheMermaid(String current) throws Exception {
    Tools.assumePresent("node");
    Tools.assume(
        Files.isDirectory(MERMAID.resolve("node_modules")),
        "npm ci has not run in " + MERMAID.normalize());
    String diagram = diagram("mermaid", current);

    assertThat(run(diagram, "node", MERMAID.resolve("parse.js").toString()))
        .isEqualTo(new Cli.Result(0, "stateDiagram\n", ""));
    assertThat(
            run(diagram + "idle --> -->\n", "node", MERMAID.resolve("parse.js").toString())
                .code())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--current"})
  void graphvizDrawsTheDot(String current) throws Exception {
    Tools.assumePresent("dot");
    String diagram = diagram("dot", current);

    Cli.Result drawn = run(diagram, "dot", "-Tplain");

    assertThat(drawn.code()).isZero();
    assertThat(drawn.err()).isEmpty();
    assertThat(drawn.lines().stream().filter(line -> line.startsWith("node "))).hasSize(1 + 9);
    assertThat(drawn.lines().stream().filter(line -> line.startsWith("edge "))).hasSize(1 + 23);
    assertThat(run(diagram.replace("label=", "label "), "dot", "-Tplain").code())
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

  @ParameterizedTest
  @ValueSource(strings = {"", "--current"})
  void aBrowserShowsTheSvgWithNothingOverlapping(String current) throws Exception {
    Tools.assumePresent("chromium");
    String diagram = diagram("svg", current);

    assertThat(faults(diagram)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "</svg> > ",
        ">downloading</text> > >downloading and more</text>",
        "<path class=\"line\" d=\"M > <path class=\"line\" d=\"M0 0 L650 1000 M",
        "viewBox=\"0 0 > viewBox=\"200 0"
      })
  void theBrowserWouldNoticeAMistake(String planted) throws Exception {
    Tools.assumePresent("chromium");
    String[] change = planted.split(" > ", -1);
    String diagram = diagram("svg", "");
    assertThat(diagram).contains(change[0]);

    assertThat(faults(diagram.replace(change[0], change[1]))).isNotEmpty();
  }

  /** What a browser has to say about a picture, a line each. */
  private List<String> faults(String svg) throws Exception {
    Path page = folder.resolve("page.html");
    String script = Files.readString(Path.of("src/test/resources/look.html"));
    Files.writeString(page, script.replace("SVG_GOES_HERE", svg));

    Cli.Result shown = run(
        "",
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--user-data-dir=" + folder.resolve("chromium"),
        "--dump-dom",
        page.toUri().toString());

    assertThat(shown.out()).contains("<pre id=\"faults\">looked at ");
    String faults = shown.out().split("<pre id=\"faults\">|</pre>", -1)[1];
    return faults.lines().skip(1).toList();
  }

  private String diagram(String format, String current) {
    Cli.Result drawn = current.isEmpty()
        ? agent.run("diagram", "--format", format)
        : agent.run("diagram", "--format", format, current);
    assertThat(drawn.code()).isZero();
    return drawn.out();
  }

  private static boolean isError(BlockUml block) {
    return block.getDiagram() instanceof PSystemError;
  }

  private Cli.Result run(String input, String... command) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process = new ProcessBuilder(command)
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(UTF_8));
    }
    return new Cli.Result(process.waitFor(), Files.readString(out), Files.readString(err));
  }
}
