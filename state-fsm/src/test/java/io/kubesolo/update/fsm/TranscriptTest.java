package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code mvn test -Drewrite} writes the transcripts anew, for a person to read the difference. */
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

  static List<Path> transcripts() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList();
    }
  }
}
