package io.kubesolo.update.persist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubesolo.update.persist.disk.CrashStates;
import io.kubesolo.update.persist.disk.CrashStates.Program;
import io.kubesolo.update.persist.disk.CrashStates.Run;
import io.kubesolo.update.persist.disk.CrashStates.Violation;
import io.kubesolo.update.persist.disk.Disk;
import io.kubesolo.update.persist.disk.Image;
import io.kubesolo.update.persist.disk.SimulatedProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulated disk under files of an embedder, written by the ordinary API. */
final class OwnFileTest {
  private static final String COUNTER = "/data/counter";
  private static final Image.Directory START = Image.empty().with(COUNTER, Image.file("0"));

  /** The ways to write a counter; each step can be left out. */
  private enum Step {
    SYNC_FILE,
    RENAME,
    SYNC_DIRECTORY
  }

  /** Keeps a number in a file. */
  private record Counter(Set<Step> steps) {
    void write(Run<Integer> run, int value) throws IOException {
      Path file = run.path(COUNTER);
      Path written = steps.contains(Step.RENAME) ? file.resolveSibling("counter.tmp") : file;
      try (FileChannel out = FileChannel.open(written, CREATE, TRUNCATE_EXISTING, WRITE)) {
        out.write(ByteBuffer.wrap(Integer.toString(value).getBytes(UTF_8)));
        if (steps.contains(Step.SYNC_FILE)) {
          out.force(true);
        }
      }
      if (steps.contains(Step.RENAME)) {
        Files.move(written, file, ATOMIC_MOVE);
      }
      if (steps.contains(Step.SYNC_DIRECTORY)) {
        try (FileChannel directory = FileChannel.open(run.path("/data"), READ)) {
          directory.force(true);
        }
      }
      run.acknowledge(value);
    }

    static int read(Run<Integer> run) throws IOException {
      return Integer.parseInt(Files.readString(run.path(COUNTER)));
    }

    static void judge(Run<Integer> run) throws IOException {
      int value = read(run);
      if (value < run.acknowledged()) {
        throw new AssertionError(run.acknowledged() + " was acknowledged, " + value + " is read");
      }
    }

    CrashStates<Integer> losePower() {
      Program<Integer> twice = run -> {
        write(run, read(run) + 1);
        write(run, read(run) + 1);
      };
      return states().losePower(START, 0, twice).kill(START, 0, twice);
    }

    private CrashStates<Integer> states() {
      return CrashStates.<Integer>withRecovery(run -> {
            judge(run);
            write(run, read(run) + 1);
            judge(run);
          })
          .withReader(Counter::judge);
    }
  }

  private static Counter without(Step... missing) {
    Set<Step> steps = EnumSet.allOf(Step.class);
    steps.removeAll(List.of(missing));
    return new Counter(steps);
  }

  @Test
  void aFileThatIsReplacedDurablySurvives() {
    CrashStates<Integer> tried = without().losePower();

    assertThat(tried.states()).isGreaterThan(20);
    assertThat(tried.toString())
        .matches("[\\d,]+ power losses, [\\d,]+ kills, [\\d,]+ disks left, \\d+ of them different");
  }

  @ParameterizedTest
  @CsvSource({
    "SYNC_FILE, NumberFormatException",
    "SYNC_DIRECTORY, '1 was acknowledged, 0 is read'",
    "RENAME, NumberFormatException"
  })
  void eachStepThatIsMissingIsFound(Step missing, String cause) {
    assertThatThrownBy(() -> without(missing).losePower())
        .isInstanceOf(Violation.class)
        .hasMessageContaining(cause);
  }

  @Test
  void theAccountSaysWhatHappenedInOrder() {
    Program<Integer> once = run -> {
      Counter unsynced = without(Step.SYNC_DIRECTORY);
      unsynced.write(run, Counter.read(run) + 1);
    };
    CrashStates<Integer> states = CrashStates.withRecovery(Counter::judge);
    Violation found = catchThrowableOfType(Violation.class, () -> states.losePower(START, 0, once));

    assertThat(found).hasMessage("""
        recovery fails: java.lang.AssertionError: 1 was acknowledged, 0 is read
        acknowledged: 1
        the program:
           0 open /data/counter
           1 read /data/counter
           2 read /data/counter
           3 close /data/counter
           4 create /data/counter.tmp
           5 write /data/counter.tmp
           6 sync_file /data/counter.tmp
           7 close /data/counter.tmp
           8 rename /data/counter.tmp
        -- the power is lost; on the disk is
            rwxr-xr-x /
            rwxr-xr-x /data/
            rw-r--r-- /data/counter (1 byte): 0
        recovery:
           0 open /data/counter
           1 read /data/counter
           2 read /data/counter
           3 close /data/counter
        """);
  }

  @Test
  void theAccountOfAKillNamesBothProcesses() {
    Program<Integer> stepwise = run -> {
      Files.writeString(run.path(COUNTER), "");
      Files.writeString(run.path(COUNTER), "1");
    };

    assertThatThrownBy(() -> CrashStates.<Integer>withRecovery(Counter::judge)
            .killWithoutPowerLoss(START, 0, stepwise))
        .isInstanceOf(Violation.class)
        .hasMessageStartingWith("recovery fails: java.lang.NumberFormatException")
        .hasMessageContaining("\n-- the process is killed\nrecovery:\n");
  }

  @Test
  void theAccountNamesAReaderThatFails() {
    Program<Integer> inPlace = run -> Files.writeString(run.path(COUNTER), "17");

    assertThatThrownBy(() -> CrashStates.<Integer>withRecovery(run -> {})
            .withReader(Counter::judge)
            .losePower(START, 0, inPlace))
        .isInstanceOf(Violation.class)
        .hasMessageStartingWith("a reader fails: java.lang.NumberFormatException")
        .hasMessageContaining("\n-- another process reads; on the disk is\n");
  }

  @Test
  void aProgramThatFailsWithoutACrashIsAViolation() {
    assertThatThrownBy(() ->
            CrashStates.<Integer>withRecovery(run -> {}).losePower(Image.empty(), 0, Counter::read))
        .isInstanceOf(Violation.class)
        .hasMessageStartingWith("the program fails: java.nio.file.NoSuchFileException: /data")
        .hasCauseInstanceOf(NoSuchFileException.class);
  }

  @Test
  void aProgramThatGoesOnAfterItsEndIsRefused() {
    Program<Integer> stubborn = run -> {
      try {
        Files.writeString(run.path(COUNTER), "1");
      } catch (Error e) {
        run.acknowledge(1);
      }
    };

    assertThatThrownBy(() -> CrashStates.<Integer>withRecovery(run -> {}).kill(START, 0, stubborn))
        .hasMessageContaining("it must do the same operations in each run, and catch no Error");
  }

  private static final String LOG = "/data/log";

  private static void append(Run<List<String>> run, String line, boolean sync) throws IOException {
    try (FileChannel log = FileChannel.open(run.path(LOG), CREATE, APPEND)) {
      log.write(ByteBuffer.wrap(line.getBytes(UTF_8)));
      log.write(ByteBuffer.wrap("\n".getBytes(UTF_8)));
      if (sync) {
        log.force(false);
      }
    }
    List<String> lines = new ArrayList<>(run.acknowledged());
    lines.add(line);
    run.acknowledge(List.copyOf(lines));
  }

  /**
   * Recovers the log: a line counts if it is complete; zeros and an incomplete line at the end are
   * cut off.
   */
  private static void recoverLog(Run<List<String>> run) throws IOException {
    String text = Files.readString(run.path(LOG));
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    List<String> lines = whole.lines().toList();
    if (!lines.equals(run.acknowledged()) && !lines.equals(issued(run))) {
      throw new AssertionError(run.acknowledged() + " was acknowledged, " + lines + " is read");
    }
    try (FileChannel log = FileChannel.open(run.path(LOG), WRITE)) {
      log.truncate(whole.length());
      log.force(true);
    }
  }

  private static List<String> issued(Run<List<String>> run) {
    return Stream.concat(
            run.acknowledged().stream(), Stream.of("line " + (run.acknowledged().size() + 1)))
        .toList();
  }

  private static CrashStates<List<String>> logThree(boolean sync) {
    Image.Directory start = Image.empty().with(LOG, Image.file("line 1\n"));
    return CrashStates.withRecovery(OwnFileTest::recoverLog)
        .losePower(start, List.of("line 1"), run -> {
          append(run, "line 2", sync);
          append(run, "line 3", sync);
        });
  }

  @Test
  void whatWasAppendedAndSyncedSurvives() {
    assertThat(logThree(true).states()).isGreaterThan(10);
  }

  @Test
  void whatWasAppendedAndNotSyncedMayBeMissing() {
    assertThatThrownBy(() -> logThree(false))
        .hasMessageContaining("[line 1, line 2] was acknowledged, [line 1] is read");
  }

  @Test
  void aPowerLossLeavesEachPrefixOfWhatWasAppendedOrZeros() throws IOException {
    Disk disk = new Disk(Image.empty().with("log", new Image.Plain("old", "rw-rw-rw-")));
    Path log = new SimulatedProcess(disk).path("/log");
    try (FileChannel out = FileChannel.open(log, APPEND)) {
      out.write(ByteBuffer.wrap("ab".getBytes(UTF_8)));
      out.write(ByteBuffer.wrap("c".getBytes(UTF_8)));
    }

    assertThat(contents(disk, "log"))
        .containsExactlyInAnyOrder("old", "olda", "oldab", "oldabc", "old\0\0\0");
  }

  @Test
  void aPowerLossLeavesTheOldContentOrTheCutOneWithAnyOfWhatFollowed() throws IOException {
    Disk disk = new Disk(Image.empty().with("file", new Image.Plain("old", "rw-rw-rw-")));
    Files.writeString(new SimulatedProcess(disk).path("/file"), "ab");

    assertThat(contents(disk, "file")).containsExactlyInAnyOrder("old", "", "a", "\0\0", "ab");
  }

  @Test
  void aPowerLossLeavesAnyOfTwoPlacesThatWereWritten() throws IOException {
    Disk disk = new Disk(Image.empty().with("file", new Image.Plain("....", "rw-rw-rw-")));
    Path file = new SimulatedProcess(disk).path("/file");
    try (FileChannel out = FileChannel.open(file, WRITE)) {
      out.write(ByteBuffer.wrap("a".getBytes(UTF_8)), 0);
      out.write(ByteBuffer.wrap("b".getBytes(UTF_8)), 3);
      assertThat(contents(disk, "file")).containsExactlyInAnyOrder("....", "a...", "...b", "a..b");
      out.force(true);
    }
    assertThat(contents(disk, "file")).containsExactly("a..b");
  }

  @Test
  void aSyncWithoutTheMetadataLeavesTheModeAsItWas() throws IOException {
    Disk disk = new Disk(Image.empty().with("file", new Image.Plain("1", "rw-------")));
    Path file = new SimulatedProcess(disk).path("/file");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    try (FileChannel out = FileChannel.open(file, WRITE)) {
      out.write(ByteBuffer.wrap("2".getBytes(UTF_8)));
      out.force(false);
    }

    assertThat(disk.possibleAfterPowerLoss())
        .extracting(left -> left.at("file").get())
        .containsExactlyInAnyOrder(
            new Image.Plain("2", "rw-------"), new Image.Plain("2", "rw-r--r--"));
  }

  @Test
  void tooManyChangesWithoutASyncAreReported() throws IOException {
    Disk disk = new Disk(Image.empty());
    SimulatedProcess process = new SimulatedProcess(disk);
    for (int i = 0; i < 15; i++) {
      Files.createDirectory(process.path("/" + i));
    }

    assertThatThrownBy(disk::possibleAfterPowerLoss)
        .hasMessage("15 changes of names in one directory without a sync are too many to try each"
            + " subset");

    Disk other = new Disk(Image.empty());
    Path same = new SimulatedProcess(other).path("/file");
    try (FileChannel out = FileChannel.open(same, CREATE, WRITE)) {
      for (int i = 0; i < 20; i++) {
        out.write(ByteBuffer.wrap(new byte[] {1}), 2L * i);
      }
    }
    assertThatThrownBy(other::possibleAfterPowerLoss)
        .hasMessage(
            "20 changes of one file without a sync may leave too many contents to try each");
  }

  private static List<String> contents(Disk disk, String path) {
    return disk.possibleAfterPowerLoss().stream()
        .map(left -> ((Image.Plain) left.at(path).get()).text())
        .toList();
  }

  @Test
  void theOrdinaryApiWorks() throws IOException {
    SimulatedProcess process = new SimulatedProcess(new Disk(Image.empty()));
    Path folder = Files.createDirectories(process.getPath("/a", "b", "c"));
    Path file = folder.resolve("file.txt");

    Files.write(file, List.of("one", "two"));
    Files.writeString(file, "three\n", APPEND);
    assertThat(Files.readAllLines(file)).containsExactly("one", "two", "three");
    assertThat(Files.size(file)).isEqualTo(14);
    assertThat(Files.readAllBytes(file)).hasSize(14);
    try (Stream<Path> found = Files.walk(process.path("/"))) {
      assertThat(found.map(Path::toString)).containsExactly("/", "/a", "/a/b", "/a/b/c", "" + file);
    }
    try (var found = Files.newDirectoryStream(folder, "*.txt")) {
      assertThat(found).containsExactly(file);
    }
    try (var found = Files.newDirectoryStream(folder, "*.tmp")) {
      assertThat(found).isEmpty();
    }
    Path temporary = Files.createTempFile(folder, "x", ".tmp");
    assertThatThrownBy(() -> Files.move(temporary, file))
        .isInstanceOf(FileAlreadyExistsException.class);
    Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, ATOMIC_MOVE);
    assertThat(Files.isRegularFile(file)).isTrue();
    assertThat(Files.size(file)).isZero();
    assertThat(Files.isSameFile(file, process.path("/a/b/c/file.txt"))).isTrue();
    assertThat(Files.isHidden(file)).isFalse();
    Files.delete(file);
    assertThat(Files.deleteIfExists(file)).isFalse();
    assertThat(Files.exists(file)).isFalse();
  }

  @Test
  void behavesLikeAPathOfTheDefaultFileSystem() {
    SimulatedProcess process = new SimulatedProcess(new Disk(Image.empty()));

    for (String text : List.of("/", "/a", "/a/b/c", "a", "a/b", "/a/../b", "../a", "./a")) {
      Path path = process.path(text);
      Path real = Path.of(text);
      assertThat(path.toString()).isEqualTo(real.toString());
      assertThat(path.getNameCount()).as(text).isEqualTo(real.getNameCount());
      assertThat(path.normalize().toString())
          .as(text)
          .isEqualTo(real.normalize().toString());
      assertThat("" + path.getParent()).as(text).isEqualTo("" + real.getParent());
      assertThat("" + path.getRoot()).as(text).isEqualTo("" + real.getRoot());
      assertThat("" + path.getFileName()).as(text).isEqualTo("" + real.getFileName());
      assertThat(path.startsWith("/a")).as(text).isEqualTo(real.startsWith("/a"));
      assertThat(path.endsWith("b")).as(text).isEqualTo(real.endsWith("b"));
      assertThat(path.endsWith("/a")).as(text).isEqualTo(real.endsWith("/a"));
    }
    assertThat(process.path("/a/b").relativize(process.path("/a/c/d")).toString())
        .isEqualTo("../c/d");
    assertThat(process.path("/a/b").subpath(0, 1)).isEqualTo(process.path("a"));
  }

  @Test
  void aChannelReadsWritesAndIsLocked() throws IOException {
    Disk disk = new Disk(Image.empty());
    Path file = new SimulatedProcess(disk).path("/file");
    OpenOption[] options = {CREATE, READ, WRITE};
    try (FileChannel channel = FileChannel.open(file, options)) {
      channel.write(new ByteBuffer[] {
        ByteBuffer.wrap("ab".getBytes(UTF_8)), ByteBuffer.wrap("cd".getBytes(UTF_8))
      });
      assertThat(channel.position()).isEqualTo(4);
      channel.truncate(3).position(1);
      ByteBuffer read = ByteBuffer.allocate(10);
      assertThat(channel.read(read)).isEqualTo(2);
      assertThat(channel.read(read)).isEqualTo(-1);
      assertThat(new String(read.array(), 0, 2, UTF_8)).isEqualTo("bc");
      try (var lock = channel.lock()) {
        assertThat(lock.isValid()).isTrue();
        assertThatThrownBy(channel::tryLock).isInstanceOf(OverlappingFileLockException.class);
        FileChannel other = FileChannel.open(new SimulatedProcess(disk).path("/file"), WRITE);
        assertThat(other.tryLock()).isNull();
        assertThatThrownBy(other::lock).isInstanceOf(IllegalStateException.class);
      }
    }
    try (FileChannel other = FileChannel.open(new SimulatedProcess(disk).path("/file"), WRITE)) {
      assertThat(other.tryLock()).isNotNull();
    }
  }
}
