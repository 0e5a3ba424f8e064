package io.kubesolo.update.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
      new Result("one-event", "switch", "ns", 20, 18, 25),
      new Result("one-event", "switch", "B", 96, 96, 96),
      new Result("one-event", "table & <rows>", "ns", 35.04, 35.04, 41.26),
      new Result("one-event", "table & <rows>", "B", 240, 240, 240),
      new Result("other", "alone", "ms", 1234.56, 1234.56, 1234.56));

  @TempDir
  Path folder;

  private Path readme;

  @BeforeEach
  void writeReadme() throws IOException {
    readme = folder.resolve("README.md");
    Files.writeString(readme, """
        <!-- one-event: written by the run -->
        | old |
        | --- |

        <!-- other: written by the run -->

        <!-- machine: written by the run -->
        | stays |
        """);
  }

  @Test
  void replacesTheTablesOfWhatWasMeasured() throws IOException {
    Report.write(readme, RESULTS);

    assertThat(readme).hasContent("""
        <!-- one-event: written by the run -->
        | | ns | times switch | B | times switch |
        | --- | ---: | ---: | ---: | ---: |
        | switch | 20 (18 to 25) | 1 | 96 | 1 |
        | table & <rows> | 35 (35 to 41.3) | 1.8 | 240 | 2.5 |

        <!-- other: written by the run -->
        | | ms | times alone |
        | --- | ---: | ---: |
        | alone | 1,235 | 1 |

        <!-- machine: written by the run -->
        | stays |
        """);
  }

  @Test
  void describesTheMachine() throws IOException {
    Report.machine(readme);

    assertThat(readme)
        .content()
        .contains("| JDK | " + System.getProperty("java.vm.name"), "| kernel | Linux ")
        .contains("| file system | " + Files.getFileStore(folder).type())
        .doesNotContain("stays");
  }

  @Test
  void drawsAPlotOfEachSectionForLightAndDark() throws Exception {
    Report.write(readme, RESULTS);

    String plot = Files.readString(folder.resolve("one-event.svg"));
    assertThat(text(plot)).contains("switch", "table & <rows>", "20 (x 1)", "35 (x 1.8)");
    assertThat(plot).contains("prefers-color-scheme: dark");
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
  void summarizesSamples() {
    double[] samples = {9, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11};

    assertThat(Result.of("some", "thing", "ns", samples))
        .isEqualTo(new Result("some", "thing", "ns", 6, 2, 10));
  }

  @Test
  void rejectsAReadmeWithoutAPlaceForASection() throws IOException {
    Files.writeString(readme, "# Title\n");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Report.write(readme, RESULTS))
        .withMessageContaining("<!-- one-event: written by the run -->");
  }
}
