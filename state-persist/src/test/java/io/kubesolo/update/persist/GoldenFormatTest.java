package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of the file, whose format is the seed's with more members. */
final class GoldenFormatTest {
  /** A state as Go's encoder writes it: HTML's characters and the line separators are escaped. */
  private static final String SEED = """
      {
        "phase": "failed",
        "from_version": "v1.0",
        "to_version": "v1.1",
        "started_at": "2026-01-02T03:04:05.678901234Z",
        "updated_at": "2026-01-02T03:14:05Z",
        "last_error": "GET \\u003chttps://x/?a=1\\u0026b=2\\u003e: \\"é\\"\\u2028\\tbad",
        "attempt_count": 3
      }
      """;

  private static final String SEED_FRESH = """
      {
        "phase": "idle",
        "started_at": "0001-01-01T00:00:00Z",
        "updated_at": "2026-01-02T03:14:05.1Z",
        "attempt_count": 0
      }
      """;

  @TempDir
  private Path directory = Path.of("");

  private Device device() {
    return new Device(directory);
  }

  @Test
  void writesEveryKeyInItsPlace() throws IOException {
    Instant at = Instant.parse("2026-01-02T03:04:05.060Z");
    UpdateState state = UpdateState.builder()
        .phase(Phase.ROLLED_BACK)
        .fromVersion(Option.some("v1"))
        .toVersion(Option.some("v2 \"é\" 😀 <&> \u007f \u2028 \\ /"))
        .startedAt(Option.some(at))
        .updatedAt(Option.some(at.plusNanos(7)))
        .lastError(Option.some("a\nb\tc\r\u0000\u001f\b\f"))
        .attemptCount(Long.MAX_VALUE)
        .revision(12)
        .boot(Option.some(new Boot("b-1", Duration.ofMillis(1_230))))
        .rolledBackVersions(List.of("v2", "v0"))
        .history(List.of(
            new HistoryEntry(
                at, "stage", "downloading", "staged", Option.some("v2"), Option.none()),
            new HistoryEntry(
                at, "rollback", "success", "rolled_back", Option.none(), Option.some("x"))))
        .build();
    String golden = """
        {
          "phase": "rolled_back",
          "from_version": "v1",
          "to_version": "v2 \\"é\\" 😀 <&> \\u007f LS \\\\ /",
          "started_at": "2026-01-02T03:04:05.06Z",
          "updated_at": "2026-01-02T03:04:05.060000007Z",
          "last_error": "a\\nb\\tc\\r\\u0000\\u001f\\u0008\\u000c",
          "attempt_count": 9223372036854775807,
          "revision": 12,
          "boot": {"id": "b-1", "uptime_s": 1.23},
          "rolled_back_versions": ["v2", "v0"],
          "history": [
            {"at": "2026-01-02T03:04:05.06Z", "event": "stage", "from": "downloading", "to": "staged", "to_version": "v2"},
            {"at": "2026-01-02T03:04:05.06Z", "event": "rollback", "from": "success", "to": "rolled_back", "error": "x"}
          ]
        }
        """.replace("LS", "\u2028");
    assertThat(new String(StateJson.encode(state), UTF_8)).isEqualTo(golden);
    Device.persist(device().file(), before -> state);
    assertThat(device().text()).isEqualTo(golden);
    assertThat(device().state()).isEqualTo(state);
  }

  /**
   * Checks the characters that a terminal or a pager would interpret when it shows the file as it
   * is.
   */
  @Test
  void escapesEachControlCharacterAndNothingElse() throws IOException {
    for (char character = 0; character < 0x180; character++) {
      String text = "a" + character + "b";
      UpdateState state = UpdateState.fresh(Device.NOW).toBuilder()
          .history(List.of(
              new HistoryEntry(Device.NOW, text, text, text, Option.some(text), Option.some(text))))
          .build();
      String written = new String(StateJson.encode(state), UTF_8);
      String expected = switch (character) {
        case '\t' -> "\\t";
        case '\n' -> "\\n";
        case '\r' -> "\\r";
        case '"' -> "\\\"";
        case '\\' -> "\\\\";
        default ->
          Character.isISOControl(character)
              ? "\\u%04x".formatted((int) character)
              : String.valueOf(character);
      };
      String quoted = "\"a" + expected + "b\"";
      assertThat(StateJson.quote(text)).isEqualTo(quoted);
      assertThat(written)
          .contains(
              "\"event\": %1$s, \"from\": %1$s, \"to\": %1$s, \"to_version\": %1$s, \"error\": %1$s}"
                  .formatted(quoted));
      assertThat(written.replace("\n", "")).doesNotContainPattern("\\p{Cc}");
      assertThat(device().holding(written).state()).isEqualTo(state);
    }
  }

  /** Uses versions that no event carries, but that another program may have written. */
  @ParameterizedTest
  @ValueSource(
      strings = {"\\u001b[31m", "\\u0000", "\\t", "\\n", "\u007f", "\u0085", "\u009b2J", "\\u009b2J"
      })
  void readsVersionsWithControlCharactersAndEscapesThem(String written) throws IOException {
    String version = written
        .replace("\\u001b", "\u001b")
        .replace("\\u0000", "\u0000")
        .replace("\\u009b", "\u009b")
        .replace("\\t", "\t")
        .replace("\\n", "\n");
    device()
        .holding(Device.WHOLE
            .replace("\"v0\"", "\"v0" + written + "\"")
            .replace("\"v1\"", "\"v1" + written + "\"")
            .replace("\"v2\"", "\"v2" + written + "\""));
    UpdateState state = device().state();
    assertThat(device().file().read().get().warnings()).isEmpty();
    assertThat(state.fromVersion()).containsExactly("v1" + version);
    assertThat(state.toVersion()).containsExactly("v2" + version);
    assertThat(state.rolledBackVersions()).containsExactly("v0" + version);
    assertThat(state.history().get(0).toVersion()).containsExactly("v2" + version);
    Device.persist(device().file(), Device::counted);
    assertThat(device().text().replace("\n", "")).doesNotContainPattern("\\p{Cc}");
    assertThat(device().state()).isEqualTo(Device.counted(state));
  }

  @Test
  void omitsWhatIsEmptyAsTheSeedDoes() {
    assertThat(new String(StateJson.encode(UpdateState.fresh(Device.NOW)), UTF_8))
        .isEqualTo("""
            {
              "phase": "idle",
              "started_at": "0001-01-01T00:00:00Z",
              "updated_at": "2026-03-04T05:06:07.89Z",
              "attempt_count": 0,
              "revision": 0,
              "history": []
            }
            """);
  }

  @Test
  void briefIsTheSeedsKeysAndTheRevisionOnOneLine() throws IOException {
    assertThat(StateJson.brief(device().holding(Device.WHOLE).state()))
        .isEqualTo("{\"phase\":\"downloading\",\"from_version\":\"v1\",\"to_version\":\"v2\""
            + ",\"started_at\":\"2026-01-02T03:04:05Z\",\"updated_at\":\"2026-01-02T03:04:06.5Z\""
            + ",\"last_error\":\"e\",\"attempt_count\":2,\"revision\":7}");
    assertThat(StateJson.brief(UpdateState.fresh(Device.NOW)))
        .isEqualTo("{\"phase\":\"idle\",\"started_at\":\"0001-01-01T00:00:00Z\""
            + ",\"updated_at\":\"2026-03-04T05:06:07.89Z\",\"attempt_count\":0,\"revision\":0}");
  }

  @Test
  void historyIsAnArrayWithAnEntryALine() throws IOException {
    UpdateState state = device().holding(Device.WHOLE).state();
    String entry = "  {\"at\": \"2026-01-02T03:04:06.5Z\", \"event\": \"download\", \"from\":"
        + " \"checking\", \"to\": \"downloading\", \"to_version\": \"v2\"}";
    List<HistoryEntry> twice = new ArrayList<>(state.history());
    twice.addAll(state.history());
    assertThat(StateJson.history(twice)).isEqualTo("[\n" + entry + ",\n" + entry + "\n]");
    assertThat(StateJson.history(List.of())).isEqualTo("[]");
  }

  @Test
  void readsAndWritesItsOwnFileBackToTheByte() throws IOException {
    device().holding(Device.WHOLE);
    Device.persist(device().file(), state -> state);
    assertThat(device().text()).isEqualTo(Device.WHOLE);
  }

  @Test
  void readsWhatTheSeedWrote() throws IOException {
    assertThat(device().holding(SEED).state())
        .isEqualTo(UpdateState.builder()
            .phase(Phase.FAILED)
            .fromVersion(Option.some("v1.0"))
            .toVersion(Option.some("v1.1"))
            .startedAt(Option.some(Instant.parse("2026-01-02T03:04:05.678901234Z")))
            .updatedAt(Option.some(Instant.parse("2026-01-02T03:14:05Z")))
            .lastError(Option.some("GET <https://x/?a=1&b=2>: \"é\"\u2028\tbad"))
            .attemptCount(3)
            .build());
    assertThat(device().holding(SEED_FRESH).state())
        .isEqualTo(UpdateState.fresh(Instant.parse("2026-01-02T03:14:05.1Z")));
    assertThat(device().file().open().get().warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void theSeedReadsTheSameValues(boolean fresh) throws IOException {
    device().holding(fresh ? SEED_FRESH : SEED);
    Map<String, Object> before = asGoReads(device().text());
    Device.persist(device().file(), Device::counted);
    assertThat(device().text()).contains("\"revision\": 1").endsWith("\n}\n");
    assertThat(asGoReads(device().text())).isEqualTo(before);
  }

  @Test
  void theSeedCanReadTheFileAfterEveryEvent() throws IOException {
    device().holding(SEED);
    StateFile file = device().file();
    UpdateEvent download = new UpdateEvent.Download("v1.2", "v1.0");
    Device.send(file, download, Phase.DOWNLOADING, Action.START_ATTEMPT, Action.TAKE_TARGET);
    assertThat(asGoReads(device().text()))
        .containsExactlyEntriesOf(goState("downloading", "v1.2", goError(SEED), 1));
    Device.send(file, new UpdateEvent.Rollback("bad"), Phase.ROLLED_BACK, Action.RECORD_ERROR);
    assertThat(asGoReads(device().text()))
        .containsExactlyEntriesOf(goState("rolled_back", "v1.2", "bad", 1));
  }

  private static Object goError(String text) throws IOException {
    return String.valueOf(asGoReads(text).get("last_error"));
  }

  private static Map<String, Object> goState(String phase, String to, Object error, long attempts) {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("phase", phase);
    state.put("from_version", "v1.0");
    state.put("to_version", to);
    state.put("started_at", "2026-03-04T05:06:07.89Z");
    state.put("updated_at", "2026-03-04T05:06:07.89Z");
    state.put("last_error", error);
    state.put("attempt_count", attempts);
    return state;
  }

  /** Returns the seed's struct as encoding/json fills it: a key in any case, the last one wins. */
  private static Map<String, Object> asGoReads(String text) throws IOException {
    JsonNode tree = new ObjectMapper().readTree(text);
    Map<String, Object> state = goState("", "", "", 0);
    state.put("from_version", "");
    state.put("started_at", "0001-01-01T00:00:00Z");
    state.put("updated_at", "0001-01-01T00:00:00Z");
    tree.properties()
        .forEach(member -> state.entrySet().stream()
            .filter(field -> field.getKey().equalsIgnoreCase(member.getKey()))
            .forEach(field -> field.setValue(
                field.getValue() instanceof Long
                    ? goInt(member.getValue())
                    : goText(field.getKey(), member.getValue()))));
    return state;
  }

  private static Object goInt(JsonNode value) {
    assertThat(value.canConvertToLong() && value.isIntegralNumber()).isTrue();
    return value.longValue();
  }

  private static Object goText(String key, JsonNode value) {
    assertThat(value.isTextual()).as(key).isTrue();
    if (key.endsWith("_at")) {
      assertThat(value.textValue())
          .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z");
    }
    return String.valueOf(value.textValue());
  }
}
