package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the transcripts. {@code mvn test -Drewrite} replaces them; a person then reads the difference. */
class TranscriptTest {
  private static final Path FOLDER = Path.of("src/test/resources/transcripts");

  @ParameterizedTest
  @MethodSource("transcripts")
  void givesTheAnswersInTheTranscript(Path file) throws IOException {
    List<String> written = Files.readAllLines(file);
    List<String> replayed = Transcript.replay(written, Engine.SPRING.get());
    if (System.getProperty("rewrite") != null) {
      Files.write(file, replayed);
      written = replayed;
    }

    assertThat(replayed).isEqualTo(written).anyMatch(line -> line.startsWith("  "));
    assertThat(Transcript.replay(written, Engine.TABLE.get())).isEqualTo(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "> download v2 running v1 => download TARGET on RUNNING [forced]",
        "> download v2 on v1 force => download TARGET on RUNNING [forced]",
        "> download v2 => download TARGET on RUNNING [forced]",
        "> verify => verify RUNNING",
        "> verify v2 on v1 => verify RUNNING",
        "> fail => fail ERROR",
        "> rollback (retry) => rollback ERROR [(retry)]",
        "> check v1 => check",
        "> chek => an event, or seen, elsewhere, reconcile, ",
        "> elsewhere chek => an event, or seen, elsewhere, reconcile, ",
        "> seen check => seen REVISION EVENT",
        "> reconcile => reconcile RUNNING",
        "> restart now => restart",
        "> pass 5m => pass DURATION, for example pass PT5M",
        "> clock now => clock TIME, for example clock 2026-05-01T12:00:00Z",
        "> break all => break FAULT, one of busy, unreadable, old, unknown_old, unknown_new",
        "> limit few => limit ATTEMPTS",
        "> given phase=staged version=v2 => given phase=PHASE [NAME=VALUE]... [last_error=ERROR]",
        "> given phase=stagd => given phase=PHASE [NAME=VALUE]... [last_error=ERROR]",
        ">check => > EVENT",
      })
  void reportsTheLineOfAnErrorAndWhatIsExpected(String line, String expected) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transcript.replay(List.of("A title", line), Engine.TABLE.get()))
        .withMessageStartingWith("line 2, '" + line + "': expected " + expected);
  }

  static List<Path> transcripts() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList();
    }
  }
}
