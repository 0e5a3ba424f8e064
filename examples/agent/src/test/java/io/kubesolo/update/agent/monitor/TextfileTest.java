package io.kubesolo.update.agent.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.Program;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.agent.testkit.WatchedFileSystem;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TextfileTest {
  @TempDir
  private Path folder = Path.of("");

  private CommandLineRun agent = new CommandLineRun(Path.of(""));
  private Path textfile = Path.of("");

  @BeforeEach
  void useFilesOfItsOwn() {
    agent = new CommandLineRun(folder.resolve("state.json"));
    textfile = folder.resolve("update.prom");
  }

  private CommandLineRun.Result write() {
    return agent.run("metrics", "--textfile", textfile.toString());
  }

  @Test
  void aNameThatNodeExporterIgnoresIsAWarning() {
    textfile = folder.resolve("update.txt");

    CommandLineRun.Result written = write();

    assertThat(written.code()).isZero();
    assertThat(written.out()).isEmpty();
    assertThat(written.err())
        .startsWith("update-agent: warning: " + textfile + ": node_exporter only reads")
        .hasLineCount(1);
    assertThat(textfile).content().contains("kubesolo_update_phase");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".lock", ".outcome", ".work.lock"})
  void isNoFileOfTheStateByAnotherPath(String end) throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    agent.run("send", "check");
    textfile = link.resolve("state.json" + end);

    assertThat(write().code()).isEqualTo(2);
    assertThat(folder.resolve("state.json")).content().contains("checking");
  }

  @Test
  void isReplacedAsAWhole() throws Exception {
    assertThat(write()).isEqualTo(new CommandLineRun.Result(0, "", ""));
    int size = Files.readAllBytes(textfile).length;
    AtomicInteger reads = new AtomicInteger();
    CompletableFuture<Void> writer = CompletableFuture.runAsync(this::writeOften);
    CompletableFuture<Void> another = CompletableFuture.runAsync(this::writeOften);
    CompletableFuture<Void> writers = CompletableFuture.allOf(writer, another);

    while (!writers.isDone()) {
      assertThat(Files.readAllBytes(textfile)).hasSize(size);
      reads.incrementAndGet();
    }

    writers.join();
    assertThat(reads).hasPositiveValue();
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    assertThat(Files.getPosixFilePermissions(textfile))
        .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
  }

  private void writeOften() {
    for (int i = 0; i < 100; i++) {
      assertThat(write()).isEqualTo(new CommandLineRun.Result(0, "", ""));
    }
  }

  @Test
  void isWrittenByTheCommandAsItIsPrinted() throws IOException {
    write();

    assertThat(textfile).content().isEqualTo(agent.run("metrics").out());
  }

  @ParameterizedTest
  @CsvSource({
    "link, ln -s other.prom update.prom",
    "dangling link, ln -s none update.prom",
    "directory, mkdir update.prom",
    "fifo, mkfifo update.prom",
    "socket, python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('update.prom')\"",
    "device, mknod update.prom c 1 3"
  })
  void isRefusedInThePlaceOfSomethingElse(String what, String command) throws Exception {
    if (what.equals("device")) {
      Tools.assumeRoot();
    }
    Files.writeString(folder.resolve("other.prom"), "other");
    assertThat(Program.run(folder, "", "sh", "-c", "cd " + folder + " && " + command)
            .code())
        .isZero();
    Map<String, Object> before = attributes();

    CommandLineRun.Result refused = write();

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains(textfile.toString(), "regular file").hasLineCount(1);
    assertThat(attributes()).isEqualTo(before);
    assertThat(folder.resolve("other.prom")).hasContent("other");
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
  }

  private Map<String, Object> attributes() throws IOException {
    return Files.readAttributes(textfile, "unix:mode,ino,rdev,ctime", LinkOption.NOFOLLOW_LINKS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"state.json", "../NAME/state.json", "./state.json"})
  void isNotTheStateFile(String name) {
    agent.run("send", "check");
    Path state = folder.resolve(name.replace("NAME", folder.getFileName() + ""));

    CommandLineRun.Result refused = agent.run("metrics", "--textfile", state.toString());

    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("--textfile").hasLineCount(1);
    assertThat(folder.resolve("state.json")).content().contains("checking");
  }

  @Test
  void isCleanedOfWhatAKilledProcessLeft() throws IOException {
    String[] stale = {".update.prom.0123456789abcdef.tmp", ".update.prom.ffffffffffffffff.tmp"};
    String[] others = {
      "update.prom.tmp",
      ".update.prom.0123456789ABCDEF.tmp",
      ".update.prom.0123456789abcde.tmp",
      ".update.prom.x.0123456789abcdef.tmp",
      ".updateXprom.0123456789abcdef.tmp",
      ".state.json.0123456789abcdef.tmp",
      "update.prom.1234"
    };
    for (String name : stale) {
      Files.writeString(folder.resolve(name), "");
    }
    for (String name : others) {
      Files.writeString(folder.resolve(name), "");
    }
    Path directory = Files.createDirectory(folder.resolve(".update.prom.00000000000000aa.tmp"));

    assertThat(write().code()).isZero();

    assertThat(Arrays.stream(stale).map(folder::resolve)).noneMatch(Files::exists);
    assertThat(Arrays.stream(others).map(folder::resolve)).allMatch(Files::exists);
    assertThat(directory).isDirectory();
  }

  /**
   * Checks the modes from the start: if a file is writable for a moment, another user's descriptor
   * of it stays writable.
   */
  @Test
  void isWrittenToAFileThatOtherUsersCannotOpen() throws Exception {
    List<String> modes = new ArrayList<>();
    WatchedFileSystem.Watch watch = new WatchedFileSystem.Watch() {
      @Override
      public void before(Path changed) {}

      @Override
      public void after(Path changed) {
        try {
          modes.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(changed)));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public void renaming(Path from, Path to) {}

      @Override
      public void synced(Path path) {}
    };

    Textfile.replace(new WatchedFileSystem(watch).watched(textfile), "x");

    assertThat(modes).first().isEqualTo("rw-------");
    assertThat(modes).last().isEqualTo("rw-r--r--");
    assertThat(textfile).hasContent("x");
  }

  @Test
  void saysWhyItCannotBeWrittenAndWhatToDo() {
    textfile = folder.resolve("none/update.prom");

    CommandLineRun.Result metrics = write();

    assertThat(metrics.code()).isEqualTo(12);
    assertThat(metrics.err())
        .isEqualTo("update-agent: " + textfile
            + ": no such file or directory; name a file in a directory that exists\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "size=4k,nr_inodes=1 | no space left on device; free some space",
        "ro | read-only file system; mount the file system writable"
      })
  void saysWhatToDoOnAFullOrReadOnlyDisk(String options, String problem) throws Exception {
    Tools.assumeRoot();
    Path disk = Files.createDirectory(folder.resolve("disk"));
    textfile = disk.resolve("update.prom");
    Shell.must("mount", "-t", "tmpfs", "-o", options, "none", disk.toString());
    try {
      assertThat(write())
          .isEqualTo(new CommandLineRun.Result(
              12, "", "update-agent: " + textfile + ": " + problem + "\n"));
    } finally {
      Shell.must("umount", disk.toString());
    }
  }
}
