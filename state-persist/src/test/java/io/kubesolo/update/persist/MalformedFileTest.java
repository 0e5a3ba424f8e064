package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.json.PackageVersion;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each way in which a state file can be invalid: it is reported in one clear line, and left as it
 * is.
 */
final class MalformedFileTest {
  @TempDir
  private Path directory = Path.of("");

  private Device device() {
    return new Device(directory);
  }

  static Stream<Arguments> wholes() {
    return Stream.of(
        bytes("empty", new byte[0], "the file is empty"),
        text("white space", " \n\t\r\n", "the file holds only white space (line 3, column 1)"),
        bytes("zeros", new byte[4096], "the file is filled with zeros, as after a power loss"),
        bytes("one zero", new byte[1], "the file is filled with zeros, as after a power loss"),
        text(
            "a good start and then zeros",
            "{\"phase\":\"idle\",\0\0",
            "not JSON: Illegal character ((CTRL-CHAR, code 0)): only regular white space (\\r, \\n, \\t) is"
                + " allowed between tokens (line 1, column 18)"),
        text(
            "truncated in a value",
            "{\n  \"phase\": \"id",
            "the JSON ends too early, as if cut off (line 2, column 15)"),
        text(
            "truncated in a key",
            "{\n  \"pha",
            "the JSON ends too early, as if cut off (line 2, column 7)"),
        text(
            "truncated after a member",
            "{\n  \"phase\": \"idle\"",
            "the JSON ends too early, as if cut off (line 2, column 18)"),
        text(
            "truncated in an unknown value",
            "{\"phase\": \"idle\", \"x\": [1, ",
            "the JSON ends too early, as if cut off (line 1, column 28)"),
        text(
            "truncated in the history",
            "{\"phase\": \"idle\", \"history\": [{\"at\":",
            "the JSON ends too early, as if cut off (line 1, column 37)"),
        text(
            "not JSON",
            "phase: idle\n",
            "not JSON: Unrecognized token 'phase': was expecting (JSON String, Number, Array, Object or token"
                + " 'null', 'true' or 'false') (line 1, column 1)"),
        text(
            "a comment",
            "{\n// x\n\"phase\":\"idle\"}",
            "not JSON: Unexpected character ('/' (code 47)): maybe a (non-standard) comment? (not recognized"
                + " as one since Feature 'ALLOW_COMMENTS' not enabled for parser) (line 2, column"
                + " 1)"),
        text(
            "a trailing comma",
            "{\"phase\":\"idle\",}",
            "not JSON: Unexpected character ('}' (code 125)): was expecting double-quote to start field name"
                + " (line 1, column 17)"),
        text("an array", "[]", "not a JSON object (line 1, column 1)"),
        text("a text", "\"idle\"", "not a JSON object (line 1, column 1)"),
        text("a number", " 1", "not a JSON object (line 1, column 2)"),
        text("null", "\nnull\n", "not a JSON object (line 2, column 1)"),
        bytes("UTF-16 with its mark", Device.WHOLE.getBytes(UTF_16), "not UTF-8 at byte 1"),
        bytes(
            "UTF-16 without a mark",
            Device.WHOLE.getBytes(UTF_16LE),
            "not JSON: Illegal character ((CTRL-CHAR, code 0)): only regular white space (\\r, \\n, \\t) is"
                + " allowed between tokens (line 1, column 3)"),
        bytes("Latin-1", latin1("{\"phase\":\"idle\",\"x\":\"\u00e9\"}"), "not UTF-8 at byte 22"),
        bytes("an overlong slash", latin1("{\"\u00c0\u00af\":1}"), "not UTF-8 at byte 3"),
        bytes("a surrogate in UTF-8", latin1("{\"\u00ed\u00a0\u0080\":1}"), "not UTF-8 at byte 3"),
        bytes("half a character at the end", latin1("{\u00f0\u009f"), "not UTF-8 at byte 2"),
        text(
            "a byte order mark",
            "\ufeff{\"phase\":\"idle\"}",
            "begins with a byte order mark, which JSON does not have"),
        text(
            "nothing but a byte order mark",
            "\ufeff",
            "begins with a byte order mark, which JSON does not have"),
        text(
            "a duplicate key",
            "{\n\"phase\":\"idle\",\n \"phase\":\"idle\"}",
            "duplicate key \"phase\" (line 3, column 2)"),
        text(
            "a duplicate unknown key, once escaped",
            "{\"phase\":\"idle\",\"x\":1,\"\\u0078\":2}",
            "duplicate key \"x\" (line 1, column 23)"),
        text(
            "a duplicate key that would break the line",
            "{\"a\\nb\":1,\"a\\nb\":2}",
            "duplicate key \"a\\nb\" (line 1, column 11)"),
        text(
            "content after the end",
            "{\"phase\":\"idle\"}\n{}",
            "there is content after the end of the object (line 2, column 1)"),
        text(
            "no JSON after the end",
            "{\"phase\":\"idle\"}\nx",
            "there is content after the end of the object (line 2, column 1)"),
        text(
            "zeros after the end",
            "{\"phase\":\"idle\"}\n\0\0",
            "there is content after the end of the object (line 2, column 1)"),
        text(
            "the tail of an older, longer file",
            "{\"phase\":\"idle\"}\n\"}\n",
            "there is content after the end of the object (line 2, column 1)"),
        text(
            "a word that would break the line",
            "{\"phase\":nul\u0085l\u0000x}",
            "not JSON: Unrecognized token 'nul l x': was expecting (JSON String, Number, Array, Object or"
                + " token 'null', 'true' or 'false') (line 1, column 10)"),
        text(
            "a duplicate key that would break the line for some",
            "{\"a\u2028b\":1,\"a\u2028b\":2}",
            "duplicate key \"a b\" (line 1, column 10)"),
        text(
            "half a character in a key",
            "{\"phase\":\"idle\",\"\\udc00\":1}",
            "a key holds a lone surrogate (line 1, column 17)"),
        text(
            "half a character in a key of a key",
            "{\"phase\":\"idle\",\r\n\"boot\":\r{\"id\":[{\"\\\\\\ud83d\\ud83d\\ude80\" \n:1}]}}",
            "a key holds a lone surrogate (line 3, column 9)"),
        text(
            "half a character before a letter in a key",
            "{\"phase\":\"idle\",\"x\":[{\"\\uDBFFa\":1}]}",
            "a key holds a lone surrogate (line 1, column 23)"),
        text("no phase", "{}", "there is no phase (line 1, column 2)"),
        text("no phase among others", "{\"revision\":1}", "there is no phase (line 1, column 14)"));
  }

  private static Arguments text(String name, String content, String problem) {
    return bytes(name, content.getBytes(UTF_8), problem);
  }

  private static Arguments bytes(String name, byte[] content, String problem) {
    return arguments(name, content, problem);
  }

  private static byte[] latin1(String text) {
    return text.getBytes(ISO_8859_1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wholes")
  void refusesWhatIsNoStateFile(String name, byte[] content, String problem) throws IOException {
    device().holding(content);
    isRefusedAndLeft(ofThisJackson(problem));
  }

  /**
   * Returns the message of this version of Jackson: before 2.21 it has the place where an unknown
   * word ends, later where it starts.
   */
  private static String ofThisJackson(String problem) {
    Matcher word =
        Pattern.compile("(.*Unrecognized token '(.*?)': .*column )(\\d+)\\)").matcher(problem);
    return PackageVersion.VERSION.getMinorVersion() < 21 && word.matches()
        ? word.group(1) + (Integer.parseInt(word.group(3)) + word.group(2).length()) + ")"
        : problem;
  }

  /** Checks that every way to the file reports the same, and that only the lock file is created. */
  private void isRefusedAndLeft(String problem) {
    isRefusedAndLeft(problem, true);
  }

  private void isRefusedAndLeft(String problem, boolean repairable) {
    StateFile file = device().file();
    Map<String, String> before = device().entries();
    Unreadable expected = new Unreadable(file.path().toString(), problem, repairable);
    assertThat(file.read()).isEqualTo(Either.left(expected));
    assertThat(file.open()).isEqualTo(Either.left(expected));
    assertThat(file.bytes()).isEqualTo(Either.left(expected));
    assertThat(device().entries()).isEqualTo(before);
    assertThat(file.<UpdateState>exclusively((loaded, persistListener) -> {
          throw new AssertionError("work was run on " + loaded);
        }))
        .isEqualTo(Either.<Rejection, UpdateState>left(expected));
    Map<String, String> after = device().entries();
    before.remove("state.json.lock");
    after.remove("state.json.lock");
    assertThat(after).isEqualTo(before);
    assertThat(expected.message()).isEqualTo(file.path() + ": " + problem).hasLineCount(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
      "phase": null                       | there is no phase
      "phase": ""                         | there is no phase
      "phase": 1                          | phase is not text
      "phase": {}                         | phase is not text
      "phase": ["idle"]                   | phase is not text
      "phase": true                       | phase is not text
      "phase": "IDLE"                     | unknown phase "IDLE"
      "phase": "idle "                    | unknown phase "idle "
      "phase": "rolledback"               | unknown phase "rolledback"
      "phase": "a\\nb"                    | unknown phase "a\\nb"
      "phase": "\\u001b[31m"              | unknown phase "\\u001b[31m"
      "from_version": 1.1                 | from_version is not text
      "from_version": {}                  | from_version is not text
      "to_version": 2                     | to_version is not text
      "to_version": ["v2"]                | to_version is not text
      "to_version": false                 | to_version is not text
      "last_error": 0                     | last_error is not text
      "last_error": {"text": "x"}         | last_error is not text
      "started_at": 0                     | started_at is not a time
      "started_at": []                    | started_at is not a time
      "started_at": ""                    | started_at is not an RFC 3339 time
      "started_at": "2026-01-02"          | started_at is not an RFC 3339 time
      "started_at": "2026-06-30T23:59:60Z"| started_at is not an RFC 3339 time
      "updated_at": true                  | updated_at is not a time
      "updated_at": 1767323045            | updated_at is not a time
      "updated_at": "yesterday"           | updated_at is not an RFC 3339 time
      "updated_at": "10000-01-01T00:00:00Z"     | updated_at is not an RFC 3339 time
      "updated_at": "9999-12-31T23:59:59-00:01" | updated_at is outside the years 0000 to 9999
      "updated_at": "0000-01-01T00:00:00+00:01" | updated_at is outside the years 0000 to 9999
      "attempt_count": "2"                | attempt_count is not a whole number
      "attempt_count": 2.0                | attempt_count is not a whole number
      "attempt_count": 2e0                | attempt_count is not a whole number
      "attempt_count": 1E3                | attempt_count is not a whole number
      "attempt_count": true               | attempt_count is not a whole number
      "attempt_count": []                 | attempt_count is not a whole number
      "attempt_count": -1                 | attempt_count is negative
      "attempt_count": -9223372036854775808  | attempt_count is negative
      "attempt_count": -99999999999999999999 | attempt_count is negative
      "attempt_count": 9223372036854775808   | attempt_count is larger than 9223372036854775807
      "attempt_count": 99999999999999999999  | attempt_count is larger than 9223372036854775807
      "revision": "7"                     | revision is not a whole number
      "revision": 7.5                     | revision is not a whole number
      "revision": {}                      | revision is not a whole number
      "revision": -7                      | revision is negative
      "revision": 18446744073709551615    | revision is larger than 9223372036854775807
      """)
  void refusesAValueThatItsKeyCannotHave(String member, String problem) throws IOException {
    String value = member.substring(member.indexOf(':') + 2);
    String others = member.startsWith("\"phase\"") ? "" : "  \"phase\": \"idle\",\n";
    device().holding("{\n" + others + "  " + member + "\n}\n");
    int line = others.isEmpty() ? 2 : 3;
    int column = 3 + member.length() - value.length();
    isRefusedAndLeft(problem + " (line " + line + ", column " + column + ")");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Phase",
        "PHASE",
        "phaſe",
        "From_Version",
        "to_verſion",
        "TO_VERSION",
        "Started_at",
        "updated_At",
        "last_Error",
        "laſt_error",
        "attempt_COUNT",
        "Revision"
      })
  void refusesAKeyThatTheSeedWouldReadAsAnother(String key) throws IOException {
    device().holding("{\"phase\":\"idle\",\n\"" + key + "\":\"x\"}");
    String meant = key.toLowerCase(Locale.ROOT).replace('ſ', 's');
    isRefusedAndLeft("key \"" + key + "\" differs from " + meant + " only in case (line 2, column "
        + (key.length() + 4) + ")");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Boot", "HISTORY", "Rolled_Back_Versions", "phases", "from-version"})
  void keepsAKeyThatNoReaderReadsAsAnother(String key) throws IOException {
    device().holding("{\"phase\":\"idle\",\"" + key + "\":\"x\"}");
    assertThat(device().file().read().get().warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\ud83d\\ude80\":1",
        "\"🚀\":1",
        "\"\\\\ud83d\":1",
        "\"\\\"\\\\ud83d:\":1",
        "\"x\":\"\\ud83d\"",
        "\"x\":[\"\\ud83d\",\":\"]"
      })
  void acceptsAKeyOfWholeCharactersWithAnyValue(String member) throws IOException {
    device().holding("{\"phase\":\"idle\"," + member + "}");
    assertThat(device().file().read().get().warnings()).isEmpty();
    Device.persist(device().file(), Device::counted);
    assertThat(device().text().replace(": ", ":").replace(", ", ",")).contains(member);
  }

  @ParameterizedTest
  @ValueSource(strings = {"from_version", "to_version", "started_at", "updated_at", "last_error"})
  void readsNullOnAnOptionalKeyAsAbsent(String key) throws IOException {
    device().holding("{\"phase\":\"idle\"}");
    UpdateState without = device().state();
    device()
        .holding("{\"phase\":\"idle\",\"" + key + "\":null,\"attempt_count\":null"
            + ",\"revision\":null,\"boot\":null,\"rolled_back_versions\":null,\"history\":null}");
    assertThat(device().file().read()).isEqualTo(Either.right(new Loaded(without, List.of())));
  }

  @Test
  void readsMinusZeroAsTheZeroThatItIs() throws IOException {
    device().holding("{\"phase\":\"idle\",\"attempt_count\":-0,\"revision\":-0}");
    assertThat(device().state().attemptCount()).isZero();
    assertThat(device().state().revision()).isZero();
  }

  @Test
  void readsAFileOfOneMebibyteAndRefusesOneByteMore() throws IOException {
    String start = "{\"phase\":\"idle\",\"x\":\"";
    String fits = start + "x".repeat((1 << 20) - start.length() - 2) + "\"}";
    assertThat(device().holding(fits).file().read().isRight()).isTrue();
    device().holding(fits + " ");
    isRefusedAndLeft("larger than 1 MiB");
  }

  @Test
  void refusesNestingThatIsTooDeepWithoutRunningOutOfStack() throws IOException {
    int deep = 400_000;
    device().holding("{\"phase\":\"idle\",\"x\":" + "[".repeat(deep) + "]".repeat(deep) + "}");
    isRefusedAndLeft("nested more than 1000 deep");
    device()
        .holding("{\"phase\":\"idle\",\"history\":" + "[".repeat(deep) + "]".repeat(deep) + "}");
    isRefusedAndLeft("nested more than 1000 deep");
  }

  @Test
  void readsTheDeepestNestingThatIsAllowed() throws IOException {
    int deep = 999;
    device().holding("{\"phase\":\"idle\",\"x\":" + "[".repeat(deep) + "]".repeat(deep) + "}");
    assertThat(device().file().read().isRight()).isTrue();
  }

  @Test
  void refusesASymbolicLinkEvenToAGoodFile() throws IOException {
    Path good = Files.writeString(directory.resolve("good.json"), Device.WHOLE);
    Files.createSymbolicLink(device().path(), good);
    isRefusedAndLeft("a symbolic link, not a regular file");
  }

  @Test
  void refusesADanglingSymbolicLinkAndDoesNotReportItMissing() throws IOException {
    Files.createSymbolicLink(device().path(), Path.of("nowhere"));
    isRefusedAndLeft("a symbolic link, not a regular file");
  }

  @Test
  void refusesADirectory() throws IOException {
    Files.createDirectory(device().path());
    isRefusedAndLeft("a directory, not a regular file", false);
  }

  @Test
  void refusesAFifoWithoutWaitingForItsWriter() throws Exception {
    Child.run("mkfifo", device().path().toString());
    isRefusedAndLeft("a fifo, socket or device, not a regular file", false);
  }

  @Test
  void refusesADevice() {
    assertThat(new StateFile(Path.of("/dev/null"), Device.CLOCK, Device.SHORT).read())
        .isEqualTo(Either.left(
            new Unreadable("/dev/null", "a fifo, socket or device, not a regular file", false)));
  }

  @Test
  void saysThatTheParentIsAFile() throws IOException {
    Path parent = Files.writeString(directory.resolve("parent"), "x");
    StateFile file = new StateFile(parent.resolve("state.json"), Device.CLOCK, Device.SHORT);
    Map<String, String> before = device().entries();
    assertThat(file.read())
        .isEqualTo(Either.left(
            new Unreadable(file.path().toString(), "cannot be read: not a directory", false)));
    assertThat(file.open().getLeft().message())
        .isEqualTo(file.path() + ": cannot be read: not a directory");
    assertThat(Device.persist(file, Device::counted).getLeft().message())
        .isEqualTo(
            parent + "/state.json.lock: the lock cannot be made: not a directory; the old state"
                + " is kept");
    assertThat(device().entries()).isEqualTo(before);
  }

  @Test
  void saysThatRightsAreMissing() throws Exception {
    device().holding(Device.WHOLE);
    Child.run("chmod", "0", device().path().toString());
    Map<String, String> before = device().entries();
    assertThat(Child.withoutPrivileges("read", device().path().toString()))
        .containsExactly(
            "Unreadable[path=%s, problem=cannot be read: permission denied, repairable=false]"
                .formatted(device().path()));
    assertThat(device().entries()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
      "phase":"idle","last_error":"e"    | idle carries an error
      "phase":"success","to_version":"v" | -
      "phase":"success"                  | success carries no target
      "phase":"failed"                   | failed carries no error
      "phase":"failed","last_error":""   | failed carries no error
      "phase":"rolled_back"              | rolled_back carries no error
      "phase":"staged"                   | staged carries no target
      """)
  void warnsAboutAStateThatTheMachineWouldNotMake(String members, String warning)
      throws IOException {
    device().holding("{" + members + "}");
    List<String> expected = warning.equals("-") ? List.of() : List.of(warning);
    assertThat(device().file().read().get().warnings()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1e12, 1000000000000"})
  void acceptsTheShortestAndTheLongestUptime(String written, long seconds) throws IOException {
    device()
        .holding("{\"phase\":\"idle\",\"boot\":{\"id\":\"b\",\"uptime_s\":%s}}".formatted(written));
    Loaded loaded = device().file().read().get();
    assertThat(loaded.state().boot()).containsExactly(new Boot("b", Duration.ofSeconds(seconds)));
    assertThat(loaded.warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\""})
  void readsNullAndEmptyTextInTheHistoryAsAbsent(String absent) throws IOException {
    device()
        .holding(Device.WHOLE.replace(
            "\"to_version\": \"v2\"}", "\"to_version\": %1$s, \"error\": %1$s}".formatted(absent)));
    Loaded loaded = device().file().read().get();
    assertThat(loaded.state().history()).singleElement().satisfies(entry -> {
      assertThat(entry.toVersion()).isEmpty();
      assertThat(entry.error()).isEmpty();
    });
    assertThat(loaded.warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"d800", "dbff", "dc00", "dfff"})
  void readsEachHalfOfACharacterAsAReplacement(String half) throws IOException {
    device()
        .holding("{\"phase\":\"failed\",\"last_error\":\"\\u%1$s a\\ud83d\\ude80\\u%1$s\"}"
            .formatted(half));
    assertThat(device().state().lastError()).containsExactly("\ufffd a\uD83D\uDE80\ufffd");
  }

  @Test
  void readsHalfACharacterAsAReplacementWithAWarning() throws IOException {
    device().holding("{\"phase\":\"failed\",\"last_error\":\"a\\ud800b\"}");
    Loaded loaded = device().file().read().get();
    assertThat(loaded.state().lastError()).containsExactly("a\ufffdb");
    assertThat(loaded.warnings())
        .containsExactly("last_error held a lone surrogate, which is read as U+FFFD");
  }

  @Test
  void acceptsTheRootAsADirectory() {
    StateFile root = new StateFile(Path.of("/"), Device.CLOCK, Device.SHORT);
    assertThat(root.open().getLeft().message()).isEqualTo("/: a directory, not a regular file");
  }

  @Test
  void readsAMissingFileAsFreshIdle() {
    UpdateState fresh = UpdateState.fresh(Device.NOW);
    assertThat(device().file().read()).isEqualTo(Either.right(new Loaded(fresh, List.of())));
    assertThat(device().file().open()).isEqualTo(Either.right(new Loaded(fresh, List.of())));
    assertThat(device().entries()).isEmpty();
    Path nowhere = directory.resolve("a/b/state.json");
    assertThat(new StateFile(nowhere, Device.CLOCK, Device.SHORT).open())
        .isEqualTo(Either.right(new Loaded(fresh, List.of())));
    assertThat(device().entries()).isEmpty();
  }
}
