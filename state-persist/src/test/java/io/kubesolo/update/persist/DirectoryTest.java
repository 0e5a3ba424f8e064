package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The directory of the file: names, modes, missing parents, stale files, and files that must stay.
 */
final class DirectoryTest {
  @TempDir
  private Path directory = Path.of("");

  private Device device() {
    return new Device(directory);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void setMode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @ParameterizedTest
  @ValueSource(strings = {"os.lock", "a/os.outcome", "os.outcome.tmp", ".os.0123456789abcdef.tmp"})
  void rejectsTheNamesOfTheFilesBesideAStateFile(String name) {
    assertThatThrownBy(() -> StateFile.at(Path.of(name)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(name + " cannot be a state file: names that end in .lock, .outcome, .tmp"
            + " are those of the files beside one");
  }

  @SuppressWarnings("NullAway") // What an embedder may pass whose code is not checked.
  @Test
  void nullIsRefusedWithAMessage() {
    Path path = directory.resolve("os");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateFile.at(null))
        .withMessage("the path is null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateFile.at(path, null))
        .withMessage("clock is null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateFile.at(path).withBoot(null))
        .withMessage("boot is null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"000", "077", "700"})
  void modesAreTheSameWithEveryUmask(String umask) throws Exception {
    Path path = directory.resolve("a/b/c/state.json");
    List<String> printed = Child.after("umask " + umask, "send", path.toString());
    assertThat(printed).hasSize(1).first().asString().startsWith("UpdateState[phase=idle");
    assertThat(mode(path)).isEqualTo("rw-r--r--");
    assertThat(mode(path.resolveSibling("state.json.lock"))).isEqualTo("rw-------");
    for (String made : List.of("a", "a/b", "a/b/c")) {
      assertThat(mode(directory.resolve(made))).isEqualTo("rwxr-xr-x");
    }
    assertThat(StateFile.at(path).open().get().warnings()).isEmpty();
  }

  @Test
  void aModeThatAnotherProgramSetIsNotKept() throws IOException {
    device().holding(Device.WHOLE);
    setMode(device().path(), "rw-rw-rw-");
    Device.persist(device().file(), Device::counted);
    assertThat(mode(device().path())).isEqualTo("rw-r--r--");
  }

  @Test
  void anExistingDirectoryKeepsItsMode() throws IOException {
    setMode(directory, "rwx------");
    Device.persist(device().file(), Device::counted);
    assertThat(mode(directory)).isEqualTo("rwx------");
  }

  @Test
  void warnsAboutADirectoryThatOthersMayWrite() throws IOException {
    device().holding(Device.WHOLE);
    setMode(directory, "rwxrwxr-x");
    assertThat(device().file().open().get().warnings()).isEmpty();
    setMode(directory, "rwxrwxrwx");
    assertThat(device().file().open().get().warnings())
        .containsExactly(directory + ": other users may write here, and can replace the state");
    assertThat(device().file().open().get().state()).isEqualTo(device().state());
    Files.delete(device().path());
    assertThat(device().file().open().get().warnings()).hasSize(1);
  }

  @Test
  void readingCreatesNoDirectories() {
    Path path = directory.resolve("a/b/state.json");
    assertThat(StateFile.at(path, Device.CLOCK).open().isRight()).isTrue();
    assertThat(StateFile.at(path, Device.CLOCK).bytes().isRight()).isTrue();
    assertThat(device().entries()).isEmpty();
  }

  @Test
  void aParentThatCannotBeCreatedIsNamed() throws IOException {
    Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nowhere"));
    Map<String, String> before = device().entries();
    StateFile file = StateFile.at(directory.resolve("dangling/a/state.json"), Device.CLOCK);
    assertThat(Device.persist(file, Device::counted))
        .isEqualTo(Either.left(new NotPersisted(
            directory.resolve("dangling").toString(),
            "the directory cannot be made: already exists",
            Outcome.OLD)));
    assertThat(device().entries()).isEqualTo(before);
  }

  @Test
  void aDirectoryWithoutRightsLeavesTheOldState() throws Exception {
    device().holding(Device.WHOLE);
    device().file().exclusively((loaded, persistListener) -> Either.right(loaded));
    Map<String, String> before = device().entries();
    setMode(directory, "r-xr-xr-x");
    try {
      assertThat(Child.withoutPrivileges("send", device().path().toString()))
          .containsExactly("NotPersisted[path=%s, problem=cannot be written: permission denied,"
                  .formatted(device().path())
              + " outcome=OLD]");
      assertThat(device().entries()).isEqualTo(before);
    } finally {
      setMode(directory, "rwxr-xr-x");
    }
  }

  @Test
  void aWriteThatFailsLeavesTheOldStateAndNoTemporaryFile() throws Exception {
    device().holding(Device.WHOLE);
    device().file().exclusively((loaded, persistListener) -> Either.right(loaded));
    Map<String, String> before = device().entries();
    assertThat(Child.after("ulimit -f 0", "send", device().path().toString()))
        .containsExactly("NotPersisted[path=%s, problem=cannot be written: file too large,"
                .formatted(device().path())
            + " outcome=OLD]");
    assertThat(device().entries()).isEqualTo(before);
  }

  @Test
  void deletesStaleTemporaryFilesAndPromotesNone() throws IOException {
    device().holding(Device.WHOLE);
    String newer = Device.WHOLE.replace("\"revision\": 7", "\"revision\": 99");
    for (String stale : List.of(
        "state.json.tmp", ".state.json.0000000000000000.tmp", ".state.json.0123456789abcdef.tmp")) {
      Files.writeString(directory.resolve(stale), newer);
    }
    Path target = Files.writeString(directory.resolve("precious"), "x");
    Files.createSymbolicLink(directory.resolve(".state.json.aaaaaaaaaaaaaaaa.tmp"), target);
    assertThat(device().state().revision()).isEqualTo(7);
    assertThat(device().entries()).hasSize(6);
    assertThat(Device.persist(device().file(), Device::counted).get().revision())
        .isEqualTo(8);
    assertThat(device().entries()).containsOnlyKeys("precious", "state.json", "state.json.lock");
    assertThat(target).hasContent("x");
  }

  @Test
  void removesAFifoUnderATemporaryNameWithoutOpeningIt() throws Exception {
    Child.run("mkfifo", directory.resolve(".state.json.ffffffffffffffff.tmp").toString());
    Child.run("mkfifo", directory.resolve("state.json.tmp").toString());
    assertThat(Device.persist(device().file(), Device::counted).isRight()).isTrue();
    assertThat(device().entries()).containsOnlyKeys("state.json", "state.json.lock");
  }

  @Test
  void removesADeviceUnderATemporaryName() throws Exception {
    assumeThat(Child.isRoot()).as("SKIPPED: only root makes a device").isTrue();
    Child.run(
        "mknod", directory.resolve(".state.json.ffffffffffffffff.tmp").toString(), "c", "1", "3");
    assertThat(Device.persist(device().file(), Device::counted).isRight()).isTrue();
    assertThat(device().entries()).containsOnlyKeys("state.json", "state.json.lock");
  }

  @Test
  void aMissingFileIsFreshDespiteTemporaryFiles() throws IOException {
    Files.writeString(directory.resolve("state.json.tmp"), Device.WHOLE);
    Files.writeString(directory.resolve(".state.json.0000000000000001.tmp"), Device.WHOLE);
    assertThat(device().file().open().get().state()).isEqualTo(UpdateState.fresh(Device.NOW));
    assertThat(Device.persist(device().file(), Device::counted).get().revision())
        .isEqualTo(1);
    assertThat(device().entries()).containsOnlyKeys("state.json", "state.json.lock");
  }

  @Test
  void aDirectoryInTheirPlaceIsLeftAndBlocksNothing() throws IOException {
    Path seeds = Files.createDirectory(directory.resolve("state.json.tmp"));
    Files.writeString(seeds.resolve("x"), "x");
    Path ours = Files.createDirectory(directory.resolve(".state.json.0000000000000001.tmp"));
    Files.writeString(ours.resolve("x"), "x");
    Path empty = Files.createDirectory(directory.resolve(".state.json.0000000000000003.tmp"));
    Files.writeString(directory.resolve(".state.json.0000000000000002.tmp"), "x");
    Files.writeString(directory.resolve(".state.json.0000000000000000.tmp"), "x");
    assertThat(Device.persist(device().file(), Device::counted).isRight()).isTrue();
    assertThat(seeds.resolve("x")).exists();
    assertThat(ours.resolve("x")).exists();
    assertThat(empty).exists();
    assertThat(directory.resolve(".state.json.0000000000000000.tmp")).doesNotExist();
    assertThat(directory.resolve(".state.json.0000000000000002.tmp")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state.json.tmp2",
        "state.json.corrupt-20260101T000000Z",
        ".state.json.tmp.x",
        "x.tmp",
        ".other.json.1.tmp",
        "state.json.bak",
        ".state.json.1",
        ".state.json.0123456789abcde.tmp",
        ".state.json.0123456789abcdeg.tmp",
        ".state.json.0123456789abcdef0.tmp",
        ".state.json.0123456789ABCDEF.tmp",
        ".state.json.tmp",
        ".state.json..tmp",
        ".state.json.modem.0123456789abcdef.tmp",
        ".state.jsonx0123456789abcdef.tmp"
      })
  void leavesFilesOfOtherNames(String name) throws IOException {
    Files.writeString(directory.resolve(name), "x");
    Device.persist(device().file(), Device::counted);
    assertThat(directory.resolve(name)).hasContent("x");
  }

  @Test
  void rejectedWorkChangesNothingAndCreatesOnlyTheLock() throws IOException {
    device().holding(Device.WHOLE);
    FileTime longAgo = FileTime.from(Instant.parse("2001-02-03T04:05:06Z"));
    Files.setLastModifiedTime(device().path(), longAgo);
    Files.writeString(directory.resolve("state.json.tmp"), "stale");
    Map<String, String> before = device().entries();
    Rejection no = new Stale(new UpdateEvent.Check(), 1, device().state());
    for (int i = 0; i < 3; i++) {
      assertThat(device()
              .file()
              .<UpdateState>exclusively((loaded, persistListener) -> Either.left(no)))
          .isEqualTo(Either.left(no));
    }
    Map<String, String> after = device().entries();
    assertThat(after.remove("state.json.lock")).isNotNull();
    assertThat(after).isEqualTo(before);
  }

  @Test
  void rejectedWorkDoesNotCreateAMissingFile() {
    Rejection no = new Stale(new UpdateEvent.Check(), 1, UpdateState.fresh(Device.NOW));
    assertThat(device()
            .file()
            .<UpdateState>exclusively((loaded, persistListener) -> Either.left(no))
            .isLeft())
        .isTrue();
    assertThat(device().entries()).containsOnlyKeys("state.json.lock");
  }

  @Test
  void decidesOnWhatIsOnDiskAndNotOnWhatItReadBefore() throws IOException {
    StateFile file = device().holding(Device.WHOLE).file();
    assertThat(file.open().get().state().revision()).isEqualTo(7);
    device().holding(Device.WHOLE.replace("\"revision\": 7", "\"revision\": 70"));
    assertThat(Device.persist(file, Device::counted).get().revision()).isEqualTo(71);
  }

  @Test
  void unchangedBytesAreNotDecodedAgain() throws IOException {
    StateFile file = device().holding(Device.WHOLE).file();
    UpdateState first = file.read().get().state();
    assertThat(file.read().get().state()).isSameAs(first);
    UpdateState next = Device.persist(file, Device::counted).get();
    assertThat(file.read().get().state()).isSameAs(next);
    device().holding(Device.WHOLE);
    assertThat(file.read().get().state()).isEqualTo(first);
  }

  @Test
  void changingTheReturnedBytesChangesNoState() throws IOException {
    StateFile file = device().holding(Device.WHOLE).file();
    String other = Device.WHOLE.replace("\"revision\": 7", "\"revision\": 8");
    byte[] given = file.bytes().get();
    System.arraycopy(other.getBytes(StandardCharsets.UTF_8), 0, given, 0, given.length);
    device().holding(other);
    assertThat(file.read().get().state().revision()).isEqualTo(8);
  }

  @Test
  void aFileInThePlaceOfADirectoryIsNoMissingDirectory() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    Path state = file.resolve("sub/state.json");
    assertThat(Device.persist(StateFile.at(state, Device.CLOCK), Device::counted))
        .isEqualTo(Either.left(new NotPersisted(
            state + ".lock", "the lock cannot be made: not a directory", Outcome.OLD)));
    assertThat(file).hasContent("x");
  }

  @Test
  void aReaderOfTheOldFileKeepsIt() throws IOException {
    device().holding(Device.WHOLE);
    Path kept = Files.createLink(directory.resolve("kept"), device().path());
    Device.persist(device().file(), Device::counted);
    assertThat(kept).hasContent(Device.WHOLE);
    assertThat(device().state().revision()).isEqualTo(8);
  }
}
