package io.kubesolo.update.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agent.testkit.CommandLineRun;
import io.kubesolo.update.agent.testkit.WatchedFileSystem;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.ProcessLock;
import io.kubesolo.update.persist.StateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The line about an accepted event names the transition that was stored. */
@Timeout(60)
final class AcceptedEventTest {
  private static final String LONG_AGO = ",\"boot\":{\"id\":\"q\",\"uptime_s\":0}";

  @TempDir
  private Path folder = Path.of("");

  private Path file = Path.of("");
  private CommandLineRun agent = new CommandLineRun(file);

  @BeforeEach
  void useAStateFileOfItsOwn() {
    file = folder.resolve("state.json");
    agent = new CommandLineRun(file);
  }

  private void write(String members) throws IOException {
    Files.writeString(file, "{" + members.replace('\'', '"') + "}");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "send cancel | 'idle' | 'checking' | cancel: checking -> idle",
        "--output json send cancel | 'idle' | 'checking' | \"phase\":\"idle\"",
        "cancel | 'checking' | 'staged','to_version':'v1' | cancel: staged -> idle",
        "--output json cancel | 'checking' | 'staged' | [\"cancel: staged -> idle\"]",
        "ack | 'failed','last_error':'x' | 'success','to_version':'v1' | acknowledge: success -> idle"
      })
  void namesThePhaseThatAnotherProcessMadeWhileThisOneWaitedForTheLock(
      String command, String before, String meanwhile, String line) throws Exception {
    write("'phase':" + before + ",'revision':4");
    Path lock = folder.resolve("state.json.lock");
    ProcessLock.Held held = ProcessLock.acquire(lock, Duration.ZERO).get();
    CompletableFuture<CommandLineRun.Result> sent;
    try (held) {
      sent = CompletableFuture.supplyAsync(() -> agent.run(command.split(" ", -1)));
      awaitWaitForTheLock();
      write("'phase':" + meanwhile + ",'revision':5");
    }

    assertThat(sent.get(20, TimeUnit.SECONDS).code()).isZero();
    assertThat(sent.get().out()).contains(line).hasLineCount(1);
  }

  /** Returns once a command has read the file, and waits for the lock. */
  private static void awaitWaitForTheLock() throws InterruptedException {
    while (Thread.getAllStackTraces().values().stream()
        .noneMatch(stack -> isIn(stack, "ProcessLock") && isIn(stack, "UpdateLifecycle"))) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private static boolean isIn(StackTraceElement[] stack, String type) {
    return Stream.of(stack).anyMatch(call -> call.getClassName().endsWith("." + type));
  }

  @Test
  void isNotTakenForASecondAnswerIfTheRevisionIsTheGreatest() throws IOException {
    write("'phase':'idle','revision':9223372036854775807");

    assertThat(agent.run("send", "check").out()).isEqualTo("check: idle -> checking\n");
    assertThat(agent.run("cancel").out()).isEqualTo("cancel: checking -> idle\n");
    assertThat(file).content().contains("\"revision\": 9223372036854775807");
  }

  @ParameterizedTest
  @ValueSource(strings = {"send cancel", "cancel", "--output json cancel"})
  void saysThatTheEventWasAcceptedBeforeIfItsFirstAnswerWasLost(String command) throws IOException {
    write("'phase':'checking'");
    sendWithUnknownOutcome(new Cancel());

    CommandLineRun.Result resent = agent.run(command.split(" ", -1));

    assertThat(resent.code()).isZero();
    assertThat(resent.out()).contains("cancel: was accepted before, now idle").hasLineCount(1);
  }

  @Test
  void saysThatAnAcknowledgmentWasAcceptedBefore() throws IOException {
    write("'phase':'failed','last_error':'x'");
    sendWithUnknownOutcome(new Acknowledge());

    assertThat(agent.run("ack").out()).isEqualTo("acknowledge: was accepted before, now idle\n");
    assertThat(agent.run("ack").out()).isEqualTo("nothing to do: the state is idle\n");
  }

  /** Sends an event while the directory cannot be synced after the rename. */
  private void sendWithUnknownOutcome(UpdateEvent event) {
    WatchedFileSystem.Watch failing = new WatchedFileSystem.Watch() {
      private boolean renamed;

      @Override
      public void before(Path changed) {}

      @Override
      public void after(Path changed) {
        renamed |= changed.equals(file);
      }

      @Override
      public void renaming(Path from, Path to) {}

      @Override
      public void synced(Path path) throws IOException {
        if (renamed) {
          throw new IOException("Input/output error");
        }
      }
    };
    StateFile store = StateFile.at(new WatchedFileSystem(failing).watched(file));
    try (UpdateLifecycle lifecycle = UpdateLifecycle.open(
            store, LifecycleSettings.DEFAULT, new TableEngine())
        .get()) {
      assertThat(lifecycle.send(event).getLeft())
          .isInstanceOfSatisfying(
              NotPersisted.class, lost -> assertThat(lost.outcome()).isEqualTo(Outcome.UNKNOWN));
    }
  }

  @Test
  void namesThePhaseThatWasOverdue() throws IOException {
    write("'phase':'downloading','to_version':'v1','revision':9223372036854775807" + LONG_AGO);

    assertThat(agent.run("--deadlines", "downloading=1s", "tick").out())
        .startsWith("fail: downloading -> failed: timed out in downloading");
  }
}
