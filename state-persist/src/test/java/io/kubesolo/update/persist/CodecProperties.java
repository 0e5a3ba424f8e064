package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A state that is written is read as the same state, by this project and by others. */
final class CodecProperties {
  private static final JsonMapper STRICT = JsonMapper.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  @Property(tries = 250, edgeCases = EdgeCasesMode.NONE)
  void decodeIsTheInverseOfEncode(@ForAll("states") UpdateState state) {
    Document read = StateReader.read(StateJson.encode(state)).get();
    assertThat(read.state()).isEqualTo(state);
    assertThat(read.warnings()).isEqualTo(state.violations());
    assertThat(read.unknown()).isEmpty();
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void encodeOfDecodeIsTheSameFile(@ForAll("states") UpdateState state) {
    byte[] written = StateJson.encode(state);
    assertThat(StateJson.encode(StateReader.read(written).get())).isEqualTo(written);
  }

  /** Checks that a writer need not decode what it has written itself. */
  @Property(tries = 250, edgeCases = EdgeCasesMode.NONE)
  void whatIsWrittenIsReadBackUnchanged(
      @ForAll("states") UpdateState before, @ForAll("states") UpdateState after) {
    String foreign = new String(StateJson.encode(before), UTF_8)
        .replace("\"history\"", "\"theirs\" : [1.50 ] ,\n\"history\"")
        .replace("{\"at\"", "{ \"theirs\":1e2,\"at\"");
    Document found = StateReader.read(foreign.getBytes(UTF_8)).get();
    List<HistoryEntry> history = new ArrayList<>(found.state().history());
    history.addAll(after.history());
    Document written = found.with(after.toBuilder().history(history).build());
    assertThat(StateReader.read(StateJson.encode(written)).get()).isEqualTo(written);
  }

  @Property(tries = 250, edgeCases = EdgeCasesMode.NONE)
  void anotherReaderSeesTheSameValues(@ForAll("states") UpdateState state) throws IOException {
    byte[] written = StateJson.encode(state);
    JsonNode tree = STRICT.readTree(written);
    sameValues(tree, state);
    assertThat(text(tree, "revision")).isEqualTo(Long.toString(state.revision()));
    assertThat(tree.get("history")).hasSize(state.history().size());
    assertThat(new String(written, UTF_8).replace("\n", "")).doesNotContainPattern("\\p{Cc}");
    assertThat(new String(written, UTF_8).lines())
        .hasSize(tree.properties().size()
            + 2
            + (state.history().isEmpty() ? 0 : state.history().size() + 1));
  }

  @Property(tries = 250, edgeCases = EdgeCasesMode.NONE)
  void briefIsTheSameOnOneLine(@ForAll("states") UpdateState state) throws IOException {
    String brief = StateJson.brief(state);
    assertThat(brief).doesNotContain("\n", "\r");
    JsonNode tree = STRICT.readTree(brief);
    sameValues(tree, state);
    assertThat(STRICT.readTree(StateJson.history(state.history())))
        .isEqualTo(STRICT.readTree(StateJson.encode(state)).get("history"));
  }

  private static void sameValues(JsonNode tree, UpdateState state) {
    assertThat(text(tree, "phase")).isEqualTo(state.phase().wireName());
    assertThat(text(tree, "from_version")).isEqualTo(state.fromVersion().getOrElse("-"));
    assertThat(text(tree, "to_version")).isEqualTo(state.toVersion().getOrElse("-"));
    assertThat(text(tree, "last_error")).isEqualTo(state.lastError().getOrElse("-"));
    assertThat(text(tree, "attempt_count")).isEqualTo(Long.toString(state.attemptCount()));
    assertThat(Instant.parse(text(tree, "started_at")))
        .isEqualTo(state.startedAt().getOrElse(UpdateState.NEVER));
    assertThat(Instant.parse(text(tree, "updated_at")))
        .isEqualTo(state.updatedAt().getOrElse(UpdateState.NEVER));
  }

  private static String text(JsonNode tree, String key) {
    JsonNode value = tree.get(key);
    return value == null ? "-" : value.asText();
  }

  /** Checks that damage of any kind gives a line of text or a state, and never an exception. */
  @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
  void noBytesMakeTheReaderThrow(
      @ForAll("states") UpdateState state, @ForAll List<Integer> places, @ForAll byte[] patch) {
    byte[] bytes = StateJson.encode(state);
    for (int i = 0; i < Math.min(places.size(), patch.length); i++) {
      bytes[Math.floorMod(places.get(i), bytes.length)] = patch[i];
    }
    isALineOrAState(bytes);
    isALineOrAState(patch);
  }

  @Property(tries = 1000)
  void noJsonLikeTextMakesTheReaderThrow(@ForAll("jsonLike") String text) {
    isALineOrAState(text.getBytes(UTF_8));
  }

  private static void isALineOrAState(byte[] bytes) {
    StateReader.read(bytes)
        .peekLeft(problem -> assertThat(problem).isNotBlank().matches("[^\\p{Cc}\\u2028\\u2029]+"))
        .peek(document -> assertThat(
                StateReader.read(StateJson.encode(document)).get().state())
            .isEqualTo(document.state()));
  }

  @Provide
  static Arbitrary<String> jsonLike() {
    return Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\\",
            "\\u",
            "\\ud800",
            " ",
            "\n",
            "\0",
            "-",
            "0",
            "1e400",
            "9223372036854775808",
            "1e999999999999",
            "true",
            "null",
            "nul",
            "\u0085",
            "é",
            "😀",
            "\"phase\":\"idle\"",
            "\"boot\":",
            "{\"id\":\"b\",\"uptime_s\":",
            "\"history\":[",
            "{\"at\":\"2026-01-02T03:04:05Z\",\"event\":\"e\",\"from\":\"f\",\"to\":\"t\"",
            "\"rolled_back_versions\":",
            "\"revision\":",
            "\"attempt_count\":",
            "\"x\":")
        .list()
        .ofMaxSize(14)
        .map(parts -> "{\"phase\":\"idle\"," + String.join("", parts));
  }

  @Provide
  static Arbitrary<UpdateState> states() {
    Arbitrary<Option<String>> text = optional(text());
    Arbitrary<Option<Instant>> instant = optional(instants());
    Arbitrary<List<String>> versions = text().list().ofMaxSize(4);
    Arbitrary<List<HistoryEntry>> history = entries().list().ofMaxSize(8);
    Arbitrary<UpdateState> plain = Combinators.combine(
            Arbitraries.of(Phase.class), text, text, instant, instant, text, counts(), counts())
        .as((phase, from, to, started, updated, error, attempts, revision) -> UpdateState.builder()
            .phase(phase)
            .fromVersion(from)
            .toVersion(to)
            .startedAt(started)
            .updatedAt(updated)
            .lastError(error)
            .attemptCount(attempts)
            .revision(revision)
            .build());
    return Combinators.combine(plain, optional(boots()), versions, history)
        .as((state, boot, rolledBack, entries) -> state.toBuilder()
            .boot(boot)
            .rolledBackVersions(rolledBack)
            .history(entries)
            .build());
  }

  private static Arbitrary<HistoryEntry> entries() {
    Arbitrary<String> names = text().filter(name -> !name.isEmpty());
    return Combinators.combine(instants(), names, names, names, optional(text()), optional(text()))
        .as(HistoryEntry::new);
  }

  private static Arbitrary<Boot> boots() {
    Arbitrary<String> ids = text().filter(id -> !id.isBlank());
    Arbitrary<Duration> uptimes =
        Arbitraries.longs().between(0, Duration.ofDays(100_000).toNanos()).map(Duration::ofNanos);
    return Combinators.combine(ids, uptimes).as(Boot::new);
  }

  private static Arbitrary<Long> counts() {
    return Arbitraries.oneOf(
        Arbitraries.of(0L, 1L, (1L << 53) + 1, Long.MAX_VALUE),
        Arbitraries.longs().between(0, Long.MAX_VALUE));
  }

  static Arbitrary<Instant> instants() {
    Arbitrary<Instant> any = Combinators.combine(
            Arbitraries.longs()
                .between(
                    UpdateState.MIN_INSTANT.getEpochSecond(),
                    UpdateState.MAX_INSTANT.getEpochSecond()),
            Arbitraries.integers().between(0, 999_999_999))
        .as(Instant::ofEpochSecond);
    Arbitrary<Instant> edges = Arbitraries.of(
        UpdateState.MIN_INSTANT, UpdateState.MAX_INSTANT, UpdateState.NEVER, Instant.EPOCH);
    return Arbitraries.oneOf(any, edges);
  }

  /** Returns any Unicode text: each plane, control characters, quotes, no lone surrogate. */
  private static Arbitrary<String> text() {
    Arbitrary<Integer> odd =
        Arbitraries.of(0, 1, 8, 9, 10, 12, 13, 27, 31, 34, 92, 47, 127, 0x85, 0x2028, 0xfeff);
    Arbitrary<Integer> any = Arbitraries.integers().between(0, Character.MAX_CODE_POINT);
    Arbitrary<Integer> letters = Arbitraries.integers().between('a', 'z');
    return Arbitraries.oneOf(letters, odd, any)
        .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
        .list()
        .ofMaxSize(10)
        .map(points -> points.stream().map(Character::toString).collect(Collectors.joining()));
  }

  private static <T> Arbitrary<Option<T>> optional(Arbitrary<T> values) {
    return values.optional().map(Option::ofOptional);
  }
}
