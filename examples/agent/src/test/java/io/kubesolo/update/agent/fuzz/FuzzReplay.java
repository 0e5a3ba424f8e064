package io.kubesolo.update.agent.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.persist.StateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Any bytes as a replay: each line is answered by a line of JSON, a line on standard error says why
 * a line is invalid, and the state stays valid.
 */
public final class FuzzReplay {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FILE = Path.of(System.getProperty("fuzz.state", "")).toAbsolutePath();

  private FuzzReplay() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    Files.deleteIfExists(FILE);
    CommandLineRun.Result result =
        CommandLineRun.run(Map.of(), bytes, "--state", FILE.toString(), "replay", "-");
    assertThat(result.code()).as("%s", result).isZero();
    List<String> answers = result.lines();
    assertThat(result.err().lines()).as("%s", result).hasSize((int)
        answers.stream().filter(FuzzReplay::isInvalid).count());
    assertThat(answers).hasSize(lines(bytes));
    for (String answer : answers) {
      JsonNode parsed = JSON.readTree(answer);
      assertThat(parsed.path("accepted").isBoolean()).as(answer).isTrue();
    }
    assertThat(StateFile.at(FILE).read().isRight()).isTrue();
  }

  private static boolean isInvalid(String answer) {
    return answer.startsWith("{\"accepted\":false,\"reason\":\"invalid_event\",");
  }

  /** Returns the number of lines; the last one may have no newline. */
  private static int lines(byte[] bytes) {
    int lines = 0;
    for (byte next : bytes) {
      lines += next == '\n' ? 1 : 0;
    }
    return bytes.length > 0 && bytes[bytes.length - 1] != '\n' ? lines + 1 : lines;
  }
}
