package io.kubesolo.update.persist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Replacing any small file, and the messages of its failures. */
final class DurableFileTest {
  @TempDir
  private Path directory = Path.of("");

  private Device device() {
    return new Device(directory);
  }

  private static NotPersisted old(Path path, String problem) {
    return new NotPersisted(path.toString(), problem, Outcome.OLD);
  }

  @SuppressWarnings("NullAway") // What a caller may pass whose code is not checked.
  @Test
  void nullIsRefusedWithAMessage() {
    Path file = directory.resolve("file");
    Path none = null;
    Map<String, Runnable> calls = Map.of(
        "the file is null", () -> DurableFile.replace(none, new byte[0]),
        "the content is null", () -> DurableFile.replace(file, null),
        "the directory is null", () -> DurableFile.createDirectories(none),
        "the target is null", () -> DurableFile.deleteStale(none),
        "the lock file is null", () -> ProcessLock.acquire(none, Duration.ZERO),
        "the deadline is null", () -> ProcessLock.acquire(file, null),
        "the work is null", () -> StateFile.at(file).exclusively(null),
        "the exception is null", () -> IoErrorText.of(null));
    calls.forEach((words, call) ->
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessage(words));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void createsAMissingFile() throws IOException {
    Path file = directory.resolve("new");
    assertThat(DurableFile.replace(file, new byte[] {1, 2})).isEmpty();
    assertThat(file).hasBinaryContent(new byte[] {1, 2});
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r--");
    assertThat(device().entries()).containsOnlyKeys("new");
  }

  @Test
  void createsAnEmptyFileAndALargeOne() {
    Path file = directory.resolve("new");
    assertThat(DurableFile.replace(file, new byte[0])).isEmpty();
    assertThat(file).isEmptyFile();
    byte[] large = new byte[3_000_001];
    large[3_000_000] = 7;
    assertThat(DurableFile.replace(file, large)).isEmpty();
    assertThat(file).hasBinaryContent(large);
  }

  @Test
  void replacesALinkItselfAndNotItsTarget() throws IOException {
    Path target = Files.writeString(directory.resolve("target"), "x");
    Path link = Files.createSymbolicLink(directory.resolve("link"), target);
    assertThat(DurableFile.replace(link, new byte[] {1})).isEmpty();
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(link).hasBinaryContent(new byte[] {1});
    assertThat(target).hasContent("x");
  }

  @Test
  void saysThatTheDirectoryIsMissingAndCreatesNone() {
    Path file = directory.resolve("no/file");
    assertThat(DurableFile.replace(file, new byte[1]))
        .containsExactly(old(file, "cannot be written: no such file or directory"));
    assertThat(device().entries()).isEmpty();
  }

  @Test
  void saysThatTheDirectoryIsAFile() throws IOException {
    Path file = Files.writeString(directory.resolve("x"), "x").resolve("file");
    Map<String, String> before = device().entries();
    assertThat(DurableFile.replace(file, new byte[1]))
        .containsExactly(old(file, "cannot be written: not a directory"));
    assertThat(device().entries()).isEqualTo(before);
  }

  @Test
  void aDirectoryInTheFilesPlaceStaysAndNoTemporaryFileIsLeft() throws IOException {
    Path taken = Files.createDirectory(directory.resolve("taken"));
    Files.writeString(taken.resolve("x"), "x");
    assertThat(DurableFile.replace(taken, new byte[1]).get().problem())
        .isEqualTo("cannot be written: is a directory");
    assertThat(taken.resolve("x")).hasContent("x");
    assertThat(device().entries()).containsOnlyKeys("taken");
  }

  @Test
  void createsDirectoriesRepeatedly() {
    Path deep = directory.resolve("a/b/c");
    assertThat(DurableFile.createDirectories(deep)).isEmpty();
    assertThat(DurableFile.createDirectories(deep)).isEmpty();
    assertThat(deep).isDirectory();
  }

  @Test
  void createsDirectoriesBelowALinkToOne() throws IOException {
    Path link = Files.createSymbolicLink(
        directory.resolve("link"), Files.createDirectory(directory.resolve("real")));
    assertThat(DurableFile.createDirectories(link.resolve("a"))).isEmpty();
    assertThat(directory.resolve("real/a")).isDirectory();
  }

  @Test
  void namesTheFileInThePlaceOfADirectory() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    assertThat(DurableFile.createDirectories(file.resolve("a")))
        .containsExactly(old(file, "the directory cannot be made: already exists"));
  }

  static Stream<Arguments> problems() {
    return Stream.of(
        Arguments.of(new AccessDeniedException("/x"), "permission denied"),
        Arguments.of(new NoSuchFileException("/x"), "no such file or directory"),
        Arguments.of(new FileAlreadyExistsException("/x"), "already exists"),
        Arguments.of(new NotDirectoryException("/x"), "not a directory"),
        Arguments.of(new DirectoryNotEmptyException("/x"), "directory not empty"),
        Arguments.of(
            new FileSystemException("/x", null, "No space left on device"),
            "no space left on device"),
        Arguments.of(
            new FileSystemException("/x", null, "Read-only file system"), "read-only file system"),
        Arguments.of(new IOException("No space left on device"), "no space left on device"),
        Arguments.of(new IOException("Input/output error"), "input/output error"),
        Arguments.of(new IOException("Two\nlines"), "two lines"),
        Arguments.of(new IOException("Two\r\nlines"), "two  lines"),
        Arguments.of(new IOException(""), "IOException"),
        Arguments.of(new IOException((String) null), "IOException"),
        Arguments.of(new FileSystemException("/x"), "FileSystemException"));
  }

  @ParameterizedTest
  @MethodSource("problems")
  void saysWhatIsWrongInOneLineWithoutThePath(IOException e, String problem) {
    assertThat(IoErrorText.of(e)).isEqualTo(problem);
  }
}
