package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.StateFile.Repair;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An invalid file is moved aside and a fresh one is written; no other file is changed. */
final class RepairTest {
  private static final String ASIDE = "state.json.corrupt-20260304T050607Z";
  private static final byte[] FRESH = StateJson.encode(UpdateState.fresh(Device.NOW));

  @TempDir
  private Path directory = Path.of("");

  private Device device() {
    return new Device(directory);
  }

  private Map<String, String> withoutLock() {
    Map<String, String> entries = device().entries();
    entries.remove("state.json.lock");
    return entries;
  }

  private static Path aside(Either<StoreFailure, Option<Repair>> repaired) {
    return repaired.get().get().aside().get();
  }

  @Test
  void leavesAValidFileAsItIs() throws IOException {
    device().holding(Device.WHOLE);
    Files.writeString(directory.resolve("state.json.tmp"), "stale");
    Map<String, String> before = device().entries();
    assertThat(device().file().repair()).isEqualTo(Either.right(Option.none()));
    assertThat(withoutLock()).isEqualTo(before);
  }

  @Test
  void leavesAValidFileWithWarningsAsItIs() throws IOException {
    device().holding("{\"phase\":\"failed\",\"boot\":7,\"history\":{}}");
    Map<String, String> before = device().entries();
    assertThat(device().file().repair()).isEqualTo(Either.right(Option.none()));
    assertThat(withoutLock()).isEqualTo(before);
  }

  @Test
  void leavesAMissingFileMissing() {
    assertThat(device().file().repair()).isEqualTo(Either.right(Option.none()));
    assertThat(withoutLock()).isEmpty();
  }

  @Test
  void movesAnInvalidFileAsideAndWritesIdle() throws IOException {
    device().holding("{\"phase\":");
    Path aside = aside(device().file().repair());
    assertThat(aside).isEqualTo(directory.resolve(ASIDE)).hasContent("{\"phase\":");
    assertThat(device().path()).hasBinaryContent(FRESH);
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(device().path())))
        .isEqualTo("rw-r--r--");
    assertThat(withoutLock()).containsOnlyKeys("state.json", ASIDE);
    assertThat(device().file().repair()).isEqualTo(Either.right(Option.none()));
  }

  @Test
  void addsVersionsThatTheCallerKnowsToBeRolledBack() throws IOException {
    device().holding("{\"rolled_back_versions\": [\"v1\", \"v2\"], broken");

    assertThat(device().file().repair(List.of("v3", "v1")).get()).isNotEmpty();

    assertThat(device().file().read().get().state().rolledBackVersions())
        .containsExactly("v2", "v3", "v1");
  }

  @Test
  void keepsTheNewestEightOfTheVersionsThatWereRolledBack() throws IOException {
    device()
        .holding("{\"rolled_back_versions\": [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\"]}");

    assertThat(device().file().repair(List.of("9")).get()).isNotEmpty();

    assertThat(device().file().read().get().state().rolledBackVersions())
        .containsExactly("2", "3", "4", "5", "6", "7", "8", "9");
  }

  @Test
  void usesANewNameEachTimeWithinOneSecond() throws IOException {
    List<String> names = List.of(ASIDE, ASIDE + "-1", ASIDE + "-2");
    for (String name : names) {
      device().holding("broken " + name);
      assertThat(aside(device().file().repair())).isEqualTo(directory.resolve(name));
    }
    for (String name : names) {
      assertThat(directory.resolve(name)).hasContent("broken " + name);
    }
  }

  @Test
  void anotherLinkToTheSameFileIsNoSecondNameOfALink() throws IOException {
    Path target = Files.writeString(directory.resolve("target"), "broken");
    Files.createSymbolicLink(device().path(), target);
    Path other = directory.resolve("state.json.corrupt-1");
    Files.createSymbolicLink(other, target);
    assertThat(aside(device().file().repair())).isEqualTo(directory.resolve(ASIDE));
    assertThat(directory.resolve(ASIDE)).isSymbolicLink();
    assertThat(other).isSymbolicLink();
  }

  @Test
  void treatsADanglingLinkAsAUsedName() throws IOException {
    Files.createSymbolicLink(directory.resolve(ASIDE), Path.of("nowhere"));
    device().holding("broken");
    assertThat(aside(device().file().repair())).isEqualTo(directory.resolve(ASIDE + "-1"));
  }

  @Test
  void movesALinkAsideAndNotWhatItPointsTo() throws IOException {
    String idle = "{\"phase\": \"idle\"}";
    Path target = Files.writeString(directory.resolve("target"), idle);
    Files.createSymbolicLink(device().path(), target);
    Path aside = aside(device().file().repair());
    assertThat(aside).isSymbolicLink();
    assertThat(target).hasContent(idle);
    assertThat(device().path()).isRegularFile().hasBinaryContent(FRESH);
    assertThat(Files.isSymbolicLink(device().path())).isFalse();
  }

  @Test
  void movesALinkToNothingAside() throws IOException {
    Files.createSymbolicLink(device().path(), directory.resolve("nowhere"));
    assertThat(aside(device().file().repair())).isSymbolicLink();
    assertThat(device().path()).isRegularFile().hasBinaryContent(FRESH);
    assertThat(directory.resolve("nowhere")).doesNotExist();
  }

  @Test
  void refusesADirectoryAndLeavesIt() throws IOException {
    Files.createDirectory(device().path());
    Files.writeString(device().path().resolve("x"), "x");
    isRefusedAndLeft("a directory, not a regular file");
    assertThat(device().path().resolve("x")).hasContent("x");
  }

  @Test
  void refusesAFifoAndLeavesIt() throws Exception {
    Child.run("mkfifo", device().path().toString());
    isRefusedAndLeft("a fifo, socket or device, not a regular file");
  }

  private void isRefusedAndLeft(String problem) {
    Map<String, String> before = device().entries();
    assertThat(device().file().repair())
        .isEqualTo(Either.left(new Unreadable(device().path().toString(), problem, false)));
    assertThat(withoutLock()).isEqualTo(before);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
      {"phase":"idel","rolled_back_versions":["v1","v2"]}        | ["v1", "v2"]
      {"rolled_back_versions" :\t[ "v1" , {"v" : 2}]             | ["v1", {"v" : 2}]
      "rolled_back_versions": ["v1"], "history": [{"at": "20     | ["v1"]
      "rolled_back_versions": ["v1"], "rolled_back_versions": ["v2"], "rolled_back_versions": ["v3 | ["v2"]
      "rolled_back_versions": ["v1"], "rolled_back_versions": "v2"     | ["v1"]
      "rolled_back_versions": ["v1"], "rolled_back_versions": []       | -
      "rolled_back_versions": ["v1"                              | -
      "rolled_back_versions": {"a": ["v1"]}                      | -
      "rolled_back_versions"                                     | -
      {"phase":"idle","x":"rolled_back_versions"rolled_back_versions":["v1","v2                     | -
      "rolled_back_versions": ["v1"], "x":"rolled_back_versions"rolled_back_versions":["v2          | ["v1"]
      """)
  void keepsTheLastWholeListOfVersionsThatWereRolledBack(String broken, String kept)
      throws IOException {
    device().holding(broken.replace("\\t", "\t") + "\0\0\0");
    assertThat(device().file().repair().get()).isNotEmpty();
    String expected = new String(FRESH, UTF_8);
    assertThat(device().text())
        .isEqualTo(
            kept.equals("-")
                ? expected
                : expected.replace(
                    "  \"history\"", "  \"rolled_back_versions\": " + kept + ",\n  \"history\""));
  }

  @Test
  void keepsTheVersionsOfAFileThatIsTooLargeIfTheyAreInItsFirstMebibyte() throws IOException {
    String versions = "{\"rolled_back_versions\": [\"v1\"], \"x\": \"";
    device().holding(versions + "x".repeat(1 << 20) + "\", \"rolled_back_versions\": [\"v2\"]}");
    assertThat(device().file().repair().get()).isNotEmpty();
    assertThat(device().state().rolledBackVersions()).containsExactly("v1");
  }

  @Test
  void keepsNoEntriesThatCannotBeReadIfTheyLeaveNoRoomForEvents() throws IOException {
    String list = "\"rolled_back_versions\": [\"v1\", {\"x\": \"%s\"}, \"v2\"]";
    device().holding("{" + list.formatted("x".repeat((1 << 20) - 100)) + ", \"phase\": idl");

    assertThat(device().file().repair().get()).isNotEmpty();

    assertThat(device().state().rolledBackVersions()).containsExactly("v1", "v2");
    assertThat(Files.size(device().path())).isLessThan(1000);
  }

  @Test
  void keepsTheVersionsInTheTargetOfALink() throws IOException {
    String whole = "{\"phase\": \"failed\", \"rolled_back_versions\": [\"v1\"]}";
    Path target = Files.writeString(directory.resolve("target"), whole);
    Files.createSymbolicLink(device().path(), target);
    assertThat(device().file().repair().get()).isNotEmpty();
    assertThat(device().state().rolledBackVersions()).containsExactly("v1");
    assertThat(target).hasContent(whole);
  }

  @Test
  void readsNothingFromALinkToAFifo() throws Exception {
    Path fifo = directory.resolve("fifo");
    Child.run("mkfifo", fifo.toString());
    Files.createSymbolicLink(device().path(), fifo);
    assertThat(device().file().repair().get()).isNotEmpty();
    assertThat(device().state().rolledBackVersions()).isEmpty();
  }

  /**
   * Checks that the rest of the file is not parsed again at each of these lists, which would take
   * half a minute.
   */
  @Test
  @Timeout(10)
  void readsAFileOfUnfinishedListsOnce() throws IOException {
    String lists = "\"rolled_back_versions\":[".repeat(40_000);
    device().holding("{\"rolled_back_versions\": [\"v1\"], " + lists);
    assertThat(device().file().repair().get()).isNotEmpty();
    assertThat(device().state().rolledBackVersions()).containsExactly("v1");
  }

  @Test
  void leavesAFileThatItMayNotReadEvenIfItCouldMoveIt() throws Exception {
    device().holding("broken");
    Child.run("chmod", "0", device().path().toString());
    Map<String, String> before = device().entries();
    assertThat(Child.withoutPrivileges("repair", device().path().toString()))
        .containsExactly(
            "Unreadable[path=%s, problem=cannot be read: permission denied, repairable=false]"
                .formatted(device().path()));
    assertThat(withoutLock()).isEqualTo(before);
  }

  @Test
  void leavesAFileThatItMayNotMove() throws Exception {
    device().holding("broken");
    device().file().repair();
    device().holding("broken again");
    Map<String, String> before = device().entries();
    Child.run("chmod", "555", directory.toString());
    try {
      assertThat(Child.withoutPrivileges("repair", device().path().toString()))
          .singleElement(STRING)
          .isEqualTo("NotPersisted[path=%s, problem=cannot be written: permission denied,"
                  .formatted(device().path())
              + " outcome=OLD]");
      assertThat(device().entries()).isEqualTo(before);
    } finally {
      Child.run("chmod", "755", directory.toString());
    }
  }

  @Test
  void putsTheInvalidFileBackIfNoFreshOneCanBeWritten() throws Exception {
    device().holding("broken");
    Map<String, String> before = device().entries();
    assertThat(Child.after("ulimit -f 0", "repair", device().path().toString()))
        .containsExactly(
            "NotPersisted[path=%s, problem=cannot be written: file too large, outcome=OLD]"
                .formatted(device().path()));
    assertThat(withoutLock()).isEqualTo(before);
  }

  @Test
  void bytesAreTheFileItselfIfItIsValid() throws IOException {
    String odd = "\n{ \"phase\":\"idle\",\"x\":1.10 }";
    assertThat(device().holding(odd).file().bytes().get()).isEqualTo(odd.getBytes(UTF_8));
  }

  @Test
  void bytesAreAFreshStateIfTheFileIsMissing() {
    assertThat(device().file().bytes().get()).isEqualTo(FRESH);
    assertThat(device().entries()).isEmpty();
  }

  @Test
  void anInvalidFileHasNoBytes() throws IOException {
    assertThat(device().holding("[]").file().bytes().getLeft().message())
        .isEqualTo(device().path() + ": not a JSON object (line 1, column 1)");
  }
}
