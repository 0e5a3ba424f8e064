package io.kubesolo.update.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vavr.control.Option;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class ReportTest {
  private static final List<Result> RESULTS = List.of(
      new Result("one-event", "switch", "ns", 20, 18, 25, Option.some("switch")),
      new Result("one-event", "switch", "B", 96, 96, 96, Option.some("switch")),
      new Result("one-event", "table", "ns", 35.04, 35.04, 41.26, Option.some("switch")),
      new Result("one-event", "table", "B", 240, 240, 240, Option.some("switch")),
      new Result("other", "alone", "ms", 1234.56, 1234.56, 1234.56, Option.none()));

  @TempDir
  Path folder;

  private Path results;
  private Path readme;

  @BeforeEach
  void writeWhatARunLeavesBehind() throws IOException {
    results = folder.resolve("results");
    readme = folder.resolve("README.md");
    Result.write(results.resolve("Part.csv"), RESULTS);
    Files.writeString(readme, """
        # Title

        <!-- one-event: written by the run -->
        | old |
        | --- |

        In between.

        <!-- other: written by the run -->

        <!-- not-measured: written by the run -->
        | stays |
        """);
  }

  @Test
  void replacesTheTablesOfWhatWasMeasured() throws IOException {
    Report.main(new String[] {results.toString(), readme.toString()});

    assertThat(readme).hasContent("""
        # Title

        <!-- one-event: written by the run -->
        | | ns | times switch | B | times switch |
        | --- | ---: | ---: | ---: | ---: |
        | switch | 20 (18 to 25) | 1 | 96 | 1 |
        | table | 35 (35 to 41.3) | 1.8 | 240 | 2.5 |

        In between.

        <!-- other: written by the run -->
        | | ms |
        | --- | ---: |
        | alone | 1,235 |

        <!-- not-measured: written by the run -->
        | stays |
        """);
  }

  @Test
  void writesTheMachineThatItRanOn() throws IOException {
    Machine.main(new String[] {results.resolve("machine.md").toString()});
    Files.writeString(
        readme, Files.readString(readme) + "\n<!-- machine: written by the run -->\n");

    Report.main(new String[] {results.toString(), readme.toString()});

    assertThat(readme)
        .content()
        .contains("| JDK | " + System.getProperty("java.vm.name"))
        .contains("| kernel | Linux ")
        .contains("| file system | " + Files.getFileStore(folder).type());
  }

  @Test
  void drawsAPlotOfEachSectionForLightAndDark() throws Exception {
    Report.main(new String[] {results.toString(), readme.toString()});

    String plot = Files.readString(folder.resolve("one-event.svg"));
    assertThat(text(plot)).contains("switch", "table", "20 (x 1)", "35 (x 1.8)");
    assertThat(plot).contains("prefers-color-scheme: dark").doesNotContain("rgb(2,2,2)");
    assertThat(text(Files.readString(folder.resolve("other.svg")))).contains("alone", "1,235");
  }

  private static String text(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)))
        .getDocumentElement()
        .getTextContent();
  }

  @Test
  void readsBackWhatWasWritten() throws IOException {
    assertThat(Result.read(results.resolve("Part.csv"))).isEqualTo(RESULTS);
  }

  @Test
  void sumsSamplesUp() {
    double[] samples = {9, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11};

    assertThat(Result.of("some", "thing", "ns", samples, Option.none()))
        .isEqualTo(new Result("some", "thing", "ns", 6, 2, 10, Option.none()));
  }

  @Test
  void refusesAReadmeWithoutAPlaceForASection() throws IOException {
    Files.writeString(readme, "# Title\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Report.main(new String[] {results.toString(), readme.toString()}))
        .withMessageContaining("<!-- one-event: written by the run -->");
  }

  @Test
  void refusesWhatIsNoResultsFile() throws IOException {
    Files.writeString(results.resolve("Other.csv"), "section,subject\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Report.main(new String[] {results.toString(), readme.toString()}))
        .withMessageContaining("Other.csv");
  }
}
