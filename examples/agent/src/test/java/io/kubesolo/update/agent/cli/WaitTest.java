package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.kubesolo.update.agent.Main;
import io.kubesolo.update.agent.io.FileWatch;
import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WaitTest {
  @TempDir
  Path folder;

  private Path file;
  private CommandLineRun agent;

  @BeforeEach
  void useADirectoryThatDoesNotExistYet() {
    file = folder.resolve("var/lib/state.json");
    agent = new CommandLineRun(file);
  }

  @Test
  void endsAtOnceIfThePhaseIsReached() {
    assertThat(agent.run("wait", "--for", "idle", "--timeout", "0s"))
        .isEqualTo(new CommandLineRun.Result(0, "idle\n", ""));
    assertThat(agent.run("wait", "--for", "success, idle", "--timeout", "0s").code())
        .isZero();
  }

  /** Checks that the output does not matter, because the exit code is the answer. */
  @ParameterizedTest
  @ValueSource(strings = {"text", "json"})
  void endsWithZeroEvenIfItsOutputCannotBeWritten(String format) {
    OutputStream full = new OutputStream() {
      @Override
      public void write(int octet) throws IOException {
        throw new IOException("No space left on device");
      }
    };
    String[] wait = {"--state", file.toString(), "--output", format, "wait", "--for", "idle"};

    assertThat(CommandLineRun.run(full, Map.of(), new byte[0], wait))
        .isEqualTo(new CommandLineRun.Result(
            0, "", "update-agent: standard output cannot be written: No space left on device\n"));
  }

  @Test
  void endsWithOneWhenTheTimeIsOver() {
    CommandLineRun.Result late = agent.run("wait", "--for", "staged,success", "--timeout", "1s");

    assertThat(late.code()).isEqualTo(1);
    assertThat(late.out()).isEmpty();
    assertThat(late.err()).contains(file.toString(), "idle", "1s").hasLineCount(1);
  }

  @Test
  void followsTheFileFromBeforeItsDirectoryIsMade() throws Exception {
    CompletableFuture<CommandLineRun.Result> waiting = start("staged,failed");

    download();
    assertStillWaiting(waiting);
    agent.run("send", "stage");

    assertThat(waiting.get(20, TimeUnit.SECONDS))
        .isEqualTo(new CommandLineRun.Result(0, "staged\n", ""));
  }

  @Test
  void noticesAPhaseThatWasPassedThroughBetweenTwoLooks() throws Exception {
    download();
    Path elsewhere = Files.copy(file, folder.resolve("elsewhere.json"));
    CommandLineRun other = new CommandLineRun(elsewhere);
    other.run("send", "stage");
    other.run("send", "activate");
    CompletableFuture<CommandLineRun.Result> waiting = start("staged");
    assertStillWaiting(waiting);

    Files.move(elsewhere, file, StandardCopyOption.ATOMIC_MOVE);

    assertThat(waiting.get(20, TimeUnit.SECONDS).out()).isEqualTo("staged\n");
  }

  @Test
  void ignoresAPhaseThatWasReachedBefore() throws Exception {
    download();
    agent.run("send", "stage");
    agent.run("send", "activate");

    assertThat(agent.run("wait", "--for", "staged", "--timeout", "0s").code()).isEqualTo(1);
    CompletableFuture<CommandLineRun.Result> waiting = start("staged,rolled_back");
    agent.run("send", "verify", "--running-version", "v2");
    assertStillWaiting(waiting);
    agent.run("send", "rollback", "--error", "x");
    assertThat(waiting.get(20, TimeUnit.SECONDS).out()).isEqualTo("rolled_back\n");
  }

  @Test
  void followsTheFileThroughTheRemovalAndReplacementOfItsDirectory() throws Exception {
    download();
    CompletableFuture<CommandLineRun.Result> waiting = start("staged");
    assertStillWaiting(waiting);

    Files.move(folder.resolve("var"), folder.resolve("old"));
    assertStillWaiting(waiting);
    download();
    agent.run("send", "stage");

    assertThat(waiting.get(20, TimeUnit.SECONDS).out()).isEqualTo("staged\n");
  }

  @Test
  void missesNothingHoweverFastTheFileChanges() throws Exception {
    for (int round = 0; round < 20; round++) {
      CompletableFuture<CommandLineRun.Result> waiting = start("checking");
      awaitFirstLook();
      changeAtOnce("check", "cancel");
      assertThat(waiting.get(20, TimeUnit.SECONDS).out()).isEqualTo("checking\n");
    }
  }

  @Test
  void noticesADirectoryThatIsMountedOver() throws Exception {
    Tools.assumeRoot();
    Files.createDirectories(parent());
    CompletableFuture<CommandLineRun.Result> waiting = start("checking");
    awaitFirstLook();
    Shell.must("mount", "-t", "tmpfs", "none", parent().toString());
    try {
      agent.run("send", "check");
      assertThat(waiting.get(20, TimeUnit.SECONDS).out()).isEqualTo("checking\n");
    } finally {
      Shell.must("umount", parent().toString());
    }
  }

  private Path parent() {
    return folder.resolve("var/lib");
  }

  /** Sends events on a copy of the file, and puts the copy in its place by one rename. */
  private void changeAtOnce(String... events) throws IOException {
    Path copy = folder.resolve("copy.json");
    Files.deleteIfExists(copy);
    if (Files.exists(file)) {
      Files.copy(file, copy);
    }
    for (String event : events) {
      String[] send = event.equals("fail")
          ? new String[] {"send", "fail", "--error", "x"}
          : new String[] {"send", event};
      assertThat(new CommandLineRun(copy).run(send).code()).as(event).isZero();
    }
    Files.createDirectories(parent());
    Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Returns once a command has read the file, and waits for a change of it. */
  private static void awaitFirstLook() throws InterruptedException {
    while (Thread.getAllStackTraces().values().stream().noneMatch(WaitTest::isAwaiting)) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /**
   * Returns whether a thread of this command watches the file; a server of another test may watch
   * its own.
   */
  private static boolean isAwaiting(StackTraceElement[] stack) {
    return isIn(stack, FileWatch.class, "await") && isIn(stack, WaitCommand.class, "call");
  }

  private static boolean isIn(StackTraceElement[] stack, Class<?> type, String method) {
    return Stream.of(stack)
        .anyMatch(call ->
            call.getClassName().equals(type.getName()) && call.getMethodName().equals(method));
  }

  @Test
  void endsWhenTheFileBecomesUnreadable() throws Exception {
    download();
    CompletableFuture<CommandLineRun.Result> waiting = start("success");
    assertStillWaiting(waiting);

    Path invalid = Files.writeString(folder.resolve("invalid"), "{\"phase\":\"asleep\"}");
    Files.move(invalid, file, StandardCopyOption.ATOMIC_MOVE);

    CommandLineRun.Result ended = waiting.get(20, TimeUnit.SECONDS);
    assertThat(ended.code()).isEqualTo(11);
    assertThat(ended.err()).contains(file.toString(), "asleep").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wait",
        "wait --for asleep",
        "wait --for idle,",
        "wait --for idle --timeout soon",
        "wait --for idle --timeout 1",
        "wait --for idle --timeout -1s"
      })
  void reportsInvalidArgumentsAsAUsageError(String arguments) {
    CommandLineRun.Result wrong = agent.run(arguments.split(" ", -1));

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).hasLineCount(1);
  }

  @Test
  void readsTheFileOnlyWhenItMayHaveChanged() throws Exception {
    Tools.assumePresent("strace");
    download();
    Path trace = folder.resolve("trace");
    Process waiting = new ProcessBuilder(traced(trace)).start();
    reads(trace, 1);
    Files.writeString(folder.resolve("unrelated"), "x");

    agent.run("send", "stage");
    assertThat(waiting.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(waiting.exitValue()).isZero();
    assertThat(reads(trace, 2)).hasSize(2);
  }

  private List<String> traced(Path trace) {
    return List.of(
        "strace",
        "-f",
        "-qq",
        "-e",
        "trace=openat",
        "-o",
        trace.toString(),
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "--state",
        file.toString(),
        "wait",
        "--for",
        "staged",
        "--timeout",
        "30s");
  }

  /**
   * Returns each call that opened the state file, once there are that many. strace writes a call in two
   * lines if another thread makes one meanwhile.
   */
  private List<String> reads(Path trace, int count) throws IOException, InterruptedException {
    List<String> reads = new ArrayList<>();
    while (reads.size() < count) {
      TimeUnit.MILLISECONDS.sleep(50);
      reads.clear();
      if (Files.exists(trace)) {
        Files.readAllLines(trace).stream()
            .filter(line -> line.contains("\"" + file + "\""))
            .filter(line -> line.contains(" = ") || line.contains("<unfinished"))
            .forEach(reads::add);
      }
    }
    return reads;
  }

  private void download() {
    agent.run("send", "download", "--to-version", "v2", "--running-version", "v1");
  }

  private CompletableFuture<CommandLineRun.Result> start(String phases) {
    return CompletableFuture.supplyAsync(
        () -> agent.run("wait", "--for", phases, "--timeout", "20s"));
  }

  private static void assertStillWaiting(CompletableFuture<CommandLineRun.Result> waiting) {
    assertThatCode(() -> waiting.get(200, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
  }
}
