package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A part of {@code boot}, {@code rolled_back_versions} or {@code history} that cannot be read is a
 * warning and is kept exactly; the parts that can be read are used.
 */
final class UnreadableEntriesTest {
  private static final String ENTRY =
      "{\"at\": \"2026-01-02T03:04:05Z\", \"event\": \"e\", \"from\": \"f\", \"to\": \"t\"}";

  @TempDir
  private Path directory = Path.of("");

  private Device device() {
    return new Device(directory);
  }

  private Device holding(String member) throws IOException {
    return device()
        .holding(
            "{\"phase\":\"idle\",\"revision\":3,\"x\":1, " + member + ", \"attempt_count\": 0}");
  }

  private List<String> warnings() {
    return device().file().read().get().warnings();
  }

  private void check() {
    Device.send(device().file(), new UpdateEvent.Check(), Phase.CHECKING);
  }

  private void rollBack(String version) {
    UpdateEvent download = new UpdateEvent.Download(version, "v9");
    Device.send(device().file(), download, Phase.DOWNLOADING, Action.TAKE_TARGET);
    Device.send(
        device().file(),
        new UpdateEvent.Rollback("bad"),
        Phase.ROLLED_BACK,
        Action.RECORD_ERROR,
        Action.REMEMBER_ROLLBACK);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
      "boot": "b"                            | boot cannot be read and is kept as it is: it is not an object
      "boot": 7                              | boot cannot be read and is kept as it is: it is not an object
      "boot": 1e999999999                    | boot cannot be read and is kept as it is: it is not an object
      "boot": false                          | boot cannot be read and is kept as it is: it is not an object
      "boot": []                             | boot cannot be read and is kept as it is: it is not an object
      "boot": [{"id": "b", "uptime_s" : 1}]  | boot cannot be read and is kept as it is: it is not an object
      "boot": {"id": " ", "uptime_s": 1}     | boot cannot be read and is kept as it is: it has no id
      "boot": {"id": 1, "uptime_s": 1}       | boot cannot be read and is kept as it is: id is not text
      "boot": {"id": null, "uptime_s": 1}    | boot cannot be read and is kept as it is: id is not text
      "boot": {"id":{"a" : 1}, "uptime_s":1} | boot cannot be read and is kept as it is: id is not text
      "boot": {"id":"a","id":"b","uptime_s":1} | boot cannot be read and is kept as it is: id is there twice
      "boot": {"id": "b"}                    | boot cannot be read and is kept as it is: it has no valid uptime_s
      "boot": {"id": "b", "uptime_s": -1}    | boot cannot be read and is kept as it is: it has no valid uptime_s
      "boot": {"id": "b", "uptime_s": 1e400} | boot cannot be read and is kept as it is: it has no valid uptime_s
      "boot": {"id": "b", "uptime_s": 1e99999999999} | boot cannot be read and is kept as it is: it has no valid uptime_s
      "boot": {"id": "b", "uptime_s": 12345678901234567890} | boot cannot be read and is kept as it is: it has no valid uptime_s
      "boot": {"id": "b", "uptime_s": "1"}   | boot cannot be read and is kept as it is: uptime_s is not a number
      "boot": {"id": "b", "uptime_s": null}  | boot cannot be read and is kept as it is: uptime_s is not a number
      "rolled_back_versions": 7              | rolled_back_versions cannot be read and is kept as it is: it is not an array
      "rolled_back_versions": {"v0" : 1}     | rolled_back_versions cannot be read and is kept as it is: it is not an array
      "rolled_back_versions": [1.10]         | rolled_back_versions: entry 1 cannot be read and is kept as it is: it is not text
      "rolled_back_versions": [null]         | rolled_back_versions: entry 1 cannot be read and is kept as it is: it is not text
      "rolled_back_versions": [["v0"]]       | rolled_back_versions: entry 1 cannot be read and is kept as it is: it is not text
      "rolled_back_versions": ["\\ud800"]     | rolled_back_versions: entry 1 cannot be read and is kept as it is: it holds a lone surrogate
      "rolled_back_versions": [{"version":"v1.1"}] | rolled_back_versions: entry 1 cannot be read and is kept as it is: it is not text
      "rolled_back_versions": [true, {"a" : "\\u0041"}] | rolled_back_versions: 2 entries cannot be read and are kept as they are, the first of them entry 1: it is not text
      "history": 1                           | history cannot be read and is kept as it is: it is not an array
      "history": "x"                         | history cannot be read and is kept as it is: it is not an array
      "history": {}                          | history cannot be read and is kept as it is: it is not an array
      """)
  void keepsAMemberOfTheWrongTypeToTheLetter(String member, String warning) throws IOException {
    holding("\"y\": 1");
    UpdateState intact = device().state();
    holding(member);
    assertThat(device().file().read())
        .isEqualTo(Either.right(new Loaded(intact, List.of(warning))));
    Device.persist(device().file(), Device::counted);
    assertThat(device().text()).contains("\"revision\": 4,\n  ", "\n  " + member + ",\n  ");
    assertThat(warnings()).containsExactly(warning);
    check();
    assertThat(device().text()).contains(member.substring(member.indexOf(':') + 2));
    assertThat(device().state().boot()).containsExactly(new Boot("b", Duration.ofSeconds(9)));
    assertThat(warnings()).isEqualTo(member.startsWith("\"boot\"") ? List.of() : List.of(warning));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
      1                                     | it is not an object
      null                                  | it is not an object
      [ [],{ } ]                            | it is not an object
      {}                                    | it lacks at, event, from or to
      {"at" : 1}                            | at is not text
      {"at": "soon"}                        | at is not an RFC 3339 time
      {"at": "10000-01-01T00:00:00Z"}       | at is not an RFC 3339 time
      {"event": 1}                          | event is not text
      {"event": "a", "event": "b"}          | event is there twice
      {"from": []}                          | from is not text
      {"to": null}                          | to is not text
      {"to_version": 2}                     | to_version is not text
      {"error": {}}                         | error is not text
      """)
  void keepsAnEntryOfTheHistoryToTheLetterAndReadsThoseBesideIt(String entry, String problem)
      throws IOException {
    String kept = entry.strip();
    holding("\"history\": [" + ENTRY + " ,  " + kept + "\n,\t" + ENTRY + "]");
    assertThat(warnings())
        .containsExactly("history: entry 2 cannot be read and is kept as it is: " + problem);
    assertThat(device().state().history()).hasSize(2);
    check();
    Device.send(device().file(), new UpdateEvent.Fail("e"), Phase.FAILED, Action.RECORD_ERROR);
    assertThat(device().state().history()).hasSize(3);
    assertThat(device().text())
        .contains("\"history\": [\n    " + ENTRY + ",\n    " + kept + ",\n    " + ENTRY
            + ",\n    {\"at\": \"2026-03-04T05:06:07.89Z\", \"event\": \"fail\"");
    assertThat(warnings())
        .containsExactly("history: entry 2 cannot be read and is kept as it is: " + problem);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
      {}                      | {"id": "b", "uptime_s": 9}
      {"a" : 1.0,"b":{"c":2}} | {"id": "b", "uptime_s": 9, "a": 1.0, "b": {"c":2}}
      """)
  void theNextBootKeepsABootWithoutIdAndUptime(String boot, String next) throws IOException {
    holding("\"boot\": " + boot);
    assertThat(warnings())
        .containsExactly("boot cannot be read and is kept as it is: it has no id");
    Device.persist(device().file(), Device::counted);
    assertThat(device().text()).contains("\n  \"boot\": " + boot + ",\n");
    check();
    assertThat(device().text()).contains("\n  \"boot\": " + next + ",\n");
    assertThat(warnings()).isEmpty();
  }

  @Test
  void readsALoneTextAsAListOfOneVersion() throws IOException {
    holding("\"rolled_back_versions\": \"v0\"");
    assertThat(device().state().rolledBackVersions()).containsExactly("v0");
    assertThat(warnings()).isEmpty();
    rollBack("v1");
    assertThat(device().text()).contains("\"rolled_back_versions\": [\"v0\", \"v1\"]");
  }

  @Test
  void readsALoneEntryAsAHistoryOfOne() throws IOException {
    holding("\"history\": " + ENTRY);
    assertThat(device().state().history()).hasSize(1);
    assertThat(warnings()).isEmpty();
    check();
    assertThat(device().text()).contains("\"history\": [\n    " + ENTRY + "\n  ]");
  }

  @Test
  void aRolledBackVersionIsAddedToAValueThatIsNoArray() throws IOException {
    holding("\"rolled_back_versions\": {\"v0\" : 1}");
    rollBack("v1");
    assertThat(device().text()).contains("\"rolled_back_versions\": [{\"v0\" : 1}, \"v1\"]");
    assertThat(device().state().rolledBackVersions()).containsExactly("v1");
    assertThat(warnings())
        .containsExactly(
            "rolled_back_versions: entry 1 cannot be read and is kept as it is: it is not text");
  }

  @Test
  void versionsThatCanBeReadCountBesideThoseThatCannot() throws IOException {
    holding("\"rolled_back_versions\": [\"v0\", {\"version\":\"v1\"}, \"\\u0076\\u0032\", 7 ]");
    assertThat(device().state().rolledBackVersions()).containsExactly("v0", "v2");
    rollBack("v0");
    assertThat(device().text())
        .contains("\"rolled_back_versions\": [{\"version\":\"v1\"}, \"v2\", 7, \"v0\"]");
    for (int i = 10; i < 20; i++) {
      rollBack("v" + i);
    }
    assertThat(device().state().rolledBackVersions())
        .hasSize(Action.MAX_ROLLED_BACK_VERSIONS)
        .startsWith("v12")
        .endsWith("v19");
    assertThat(device().text())
        .contains("\"rolled_back_versions\": [{\"version\":\"v1\"}, 7, \"v12\", ");
  }

  @Test
  void theLimitOfTheHistoryCountsTheEntriesThatWereRead() throws IOException {
    holding("\"history\": [0, " + ENTRY + ", 1.0, " + ENTRY + ", {\"2\" : 2}]");
    for (int i = 0; i < Edge.MAX_HISTORY; i++) {
      rollBack("v" + i);
    }
    List<HistoryEntry> history = device().state().history();
    assertThat(history)
        .hasSize(Edge.MAX_HISTORY)
        .noneMatch(entry -> entry.event().equals("e"));
    assertThat(device().text())
        .contains("\"history\": [\n    0,\n    1.0,\n    {\"2\" : 2},\n    {\"at\"");
  }

  @Test
  void theNextBootKeepsWhatElseTheBootHolds() throws IOException {
    holding(
        "\"boot\": {\"kernel\":\"6.1\", \"id\":\"a\",\"cpus\" : [ {\"id\":0}],\"uptime_s\":2.50}");
    assertThat(device().state().boot()).containsExactly(new Boot("a", Duration.ofMillis(2_500)));
    assertThat(warnings()).isEmpty();
    String others = "\"kernel\": \"6.1\", \"cpus\": [ {\"id\":0}]";
    check();
    String boot = "\"boot\": {\"id\": \"b\", \"uptime_s\": 9, " + others + "}";
    assertThat(device().text()).contains(boot);
    Device.persist(device().file(), UnreadableEntriesTest::withoutBoot);
    assertThat(device().text()).contains("\"boot\": {" + others + "}");
    check();
    assertThat(device().text()).contains(boot);
  }

  private static UpdateState withoutBoot(UpdateState state) {
    return state.toBuilder().boot(Option.none()).revision(state.revision() + 1).build();
  }

  @Test
  void theNextBootKeepsABootThatCannotBeRead() throws IOException {
    holding("\"boot\": {\"id\" : 1,\"a\":2}");
    check();
    check();
    assertThat(device().text())
        .contains(
            "\"boot\": {\"id\": \"b\", \"uptime_s\": 9, \"unreadable\": {\"id\" : 1,\"a\":2}}");
    assertThat(warnings()).isEmpty();
  }

  /**
   * Checks that the file neither grows nor nests without limit if another program damages each
   * boot.
   */
  @Test
  void aBootThatIsDamagedRepeatedlyDoesNotGrow() throws IOException {
    holding("\"boot\": {\"id\": \"b\", \"uptime_s\": \"9\"}");
    for (int i = 0; i < 3; i++) {
      check();
      assertThat(device().text())
          .contains("\"boot\": {\"id\": \"b\", \"uptime_s\": 9, \"unreadable\":"
              + " {\"id\": \"b\", \"uptime_s\": \"9\"}}");
      device().holding(device().text().replace("\"uptime_s\": 9,", "\"uptime_s\": \"9\","));
      assertThat(warnings())
          .containsExactly("boot cannot be read and is kept as it is: uptime_s is not a number");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"boot\": %s",
        "\"boot\": {\"id\": 1, \"a\": %s}",
        "\"rolled_back_versions\": [%s]",
        "\"rolled_back_versions\": {\"a\": %s}",
        "\"history\": {\"at\": %s}",
        "\"history\": [{\"at\": %s}]",
        "\"x\": %s"
      })
  void whatIsKeptOfTheDeepestNestingCanStillBeRead(String member) throws IOException {
    boolean refused = false;
    for (int deep = 990; deep < 1001; deep++) {
      String nested = "[".repeat(deep) + "]".repeat(deep);
      device().holding("{\"phase\":\"idle\"," + member.formatted(nested) + "}");
      if (device().file().read().isRight()) {
        rollBack("v1");
        assertThat(device().text()).contains(nested);
        assertThat(device().state().rolledBackVersions()).containsExactly("v1");
      } else {
        refused = true;
        assertThat(device().problem()).isEqualTo("nested more than 1000 deep");
      }
    }
    assertThat(refused).isTrue();
  }
}
