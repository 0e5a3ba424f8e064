package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventLineTest {
  private static Either<String, EventLine> parse(String json) {
    return EventLine.parse(json.getBytes(UTF_8));
  }

  @Test
  void readsEachEventThatIsWritten() {
    for (UpdateEvent event : List.of(
        new Check(),
        new Download("v2", "v1"),
        new Download("v2", "v1", true),
        new Rollback("no network", true))) {
      assertThat(parse(StateJson.of(event)))
          .isEqualTo(Either.right(new EventLine(event, Option.none())));
    }
  }

  @Test
  void readsTheTimeAndIgnoresWhatTheEventDoesNotCarry() {
    assertThat(parse(
            "{\"event\":\"check\",\"at\":\"2026-01-02T03:04:05+01:00\",\"force\":7,\"x\":[]}"))
        .isEqualTo(Either.right(
            new EventLine(new Check(), Option.some(Instant.parse("2026-01-02T02:04:05Z")))));
    assertThat(parse("{\"event\":\"check\",\"at\":null}").get().at()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | not a JSON object",
        "{} | no event is named",
        "[] | not a JSON object",
        "{\"event\":\"check\"} {} | one JSON object",
        "{\"event\":\"check\",\"event\":\"check\"} | one JSON object (line 1, column",
        "{\"event\":\"begin\"} | no event is named \"begin\"",
        "{\"event\":\"download\",\"running_version\":\"v1\"} | to_version",
        "{\"event\":\"verify\",\"running_version\":1} | running_version must be text",
        "{\"event\":\"rollback\",\"error\":\"e\",\"retry\":\"yes\"} | retry must be true or false",
        "{\"event\":\"check\",\"at\":1} | at must be text",
        "{\"event\":\"check\",\"at\":\"today\"} | at: ",
        "{\"event\":\"check\" | one JSON object",
        "{\"event\":\"check\",\"x\":{\"a\":1,\"a\":2}} | one JSON object (line 1, column",
        "{\"event\":7} | no event is named",
        "{\"event\":\"verify\",\"running_version\":[]} | running_version must be text",
        "{\"event\":\"check\"}} | one JSON object (line 1, column"
      })
  void saysWhatIsWrong(String json, String problem) {
    assertThat(parse(json).getLeft()).contains(problem);
  }

  /** Checks, as for the state file, that a number of any length takes time linear in its length. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"x\":^",
        "\"x\":[{\"y\":-^}]",
        "\"x\":0.^",
        "\"x\":1e^",
        "\"to_version\":^",
        "\"x^\":1",
        "\"x\":\"^\""
      })
  void ignoresALongValueThatTheEventDoesNotCarry(String member) {
    String json = "{\"event\":\"check\"," + member.replace("^", "1".repeat(1_000_000)) + "}";

    Either<String, EventLine> line =
        assertTimeoutPreemptively(Duration.ofSeconds(3), () -> parse(json));

    assertThat(line).isEqualTo(Either.right(new EventLine(new Check(), Option.none())));
  }

  @Test
  void readsUtf8Only() {
    String json = "{\"event\":\"check\"}";
    assertThat(EventLine.parse(json.getBytes(UTF_16)).isLeft()).isTrue();
    assertThat(EventLine.parse(new byte[] {'"', (byte) 0xFF, '"'}).getLeft()).contains("UTF-8");
  }
}
