package io.kubesolo.update.agentloop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kubesolo.update.agentloop.AgentLoop.Next;
import io.kubesolo.update.agentloop.AgentLoop.Sent;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Denial;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.Reentrant;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Option;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentLoopTest {
  @TempDir
  Path folder;

  private Path file;
  private Duration uptime = Duration.ofMinutes(1);

  @BeforeEach
  void makeADeviceThatRunsTheFirstVersion() throws IOException {
    file = folder.resolve("state.json");
    write("running", "v1.0");
    write("passive", "v0.9");
    write("offer", "v1.1");
  }

  @Test
  void updatesTheDevice() throws IOException {
    assertThat(runMain())
        .containsExactly(
            "check: idle -> checking",
            "download: checking -> downloading",
            "stage: downloading -> staged",
            "activate: staged -> activated",
            "REBOOT");
    reboot();
    assertThat(runMain())
        .containsExactly(
            "verify: activated -> verifying",
            "confirm: verifying -> success",
            "acknowledge: success -> idle",
            "WAIT");
    assertThat(folder.resolve("good")).hasContent("v1.1");
    assertThat(runMain())
        .containsExactly("check: idle -> checking", "no_update: checking -> idle", "WAIT");
  }

  @Test
  void goesBackToThePriorSlotIfTheNewOneIsNotHealthy() throws IOException {
    runMain();
    reboot();
    write("problem", "no network");

    assertThat(runMain())
        .containsExactly(
            "verify: activated -> verifying", "rollback: verifying -> rolled_back", "REBOOT");
    assertThat(folder.resolve("good")).doesNotExist();
    reboot();
    assertThat(folder.resolve("running")).hasContent("v1.0");
    assertThat(runMain()).containsExactly("acknowledge: rolled_back -> idle", "WAIT");
  }

  @Test
  void doesNotInstallAVersionThatWasRolledBackBefore() throws IOException {
    goesBackToThePriorSlotIfTheNewOneIsNotHealthy();

    assertThat(runMain())
        .hasSize(4)
        .contains("check: idle -> checking", "no_update: checking -> idle", "WAIT")
        .anyMatch(line -> line.startsWith("download is denied in checking: notRolledBack"));
  }

  @Test
  void givesUpAnImageThatIsDefective() throws IOException {
    write("defect", "the signature is not valid");

    assertThat(runMain())
        .contains("fail: downloading -> failed", "acknowledge: failed -> idle")
        .endsWith("WAIT");
    assertThat(folder.resolve("next")).doesNotExist();
  }

  @Test
  void triesAgainLaterIfTheServerDoesNotAnswer() throws IOException {
    Files.delete(folder.resolve("offer"));

    assertThat(run()).isEqualTo(Next.WAIT);
    assertThat(state().phase()).isEqualTo(Phase.CHECKING);
    write("offer", "v1.1");
    assertThat(run()).isEqualTo(Next.REBOOT);
  }

  @Test
  void endsAPhaseThatIsOverdue() throws IOException {
    try (UpdateLifecycle lifecycle = open()) {
      lifecycle.send(new Check());
      lifecycle.send(new Download("v1.1", "v1.0"));
    }
    uptime = uptime.plusHours(7);

    assertThat(run()).isEqualTo(Next.WAIT);
    assertThat(state().history().get(1).error()).contains("timed out in downloading after 6h");
    assertThat(state().phase()).isEqualTo(Phase.IDLE);
  }

  @Test
  void stopsAtAFileThatIsInvalid() throws IOException {
    Files.writeString(file, "{}\n");

    assertThat(runMain()).hasSize(2).endsWith("STOP");
    assertThat(file).hasContent("{}\n");
  }

  @Test
  void sendsTheSameEventAgainAfterAnUnknownOutcome() throws IOException {
    try (UpdateLifecycle lifecycle = open()) {
      AgentLoop loop = new AgentLoop(lifecycle, new FolderDevice(folder));
      Rejection unknown = new NotPersisted("state.json", "a sync failed", Outcome.UNKNOWN);
      lifecycle.send(new Check());

      assertThat(loop.refused(new Sent(new Cancel(), 1), unknown)).isEqualTo(Next.WAIT);
      assertThat(loop.round()).isEqualTo(Next.CONTINUE);
      assertThat(lifecycle.state().phase()).isEqualTo(Phase.IDLE);
      assertThat(loop.round()).isEqualTo(Next.CONTINUE);
      assertThat(lifecycle.state().phase()).isEqualTo(Phase.CHECKING);
    }
  }

  @Test
  void looksAtTheStateAgainIfAnotherProcessWasFaster() throws IOException {
    try (UpdateLifecycle lifecycle = open();
        UpdateLifecycle operator = open()) {
      AgentLoop loop = new AgentLoop(lifecycle, new FolderDevice(folder));
      loop.round();
      operator.send(new Cancel());

      assertThat(loop.round()).isEqualTo(Next.CONTINUE);
      assertThat(lifecycle.state().phase()).isEqualTo(Phase.IDLE);
    }
  }

  @Test
  void hasAnAnswerToEveryKindOfRejection() throws IOException {
    UpdateEvent event = new Check();
    UpdateState state = state();
    List<EventType> permitted = List.of(EventType.CANCEL);
    Denial denial = new Denial(Guard.NEW_TARGET, state, 3);
    Map<Rejection, Next> answers = Map.of(
        new IllegalTransition(Phase.IDLE, event, permitted), Next.CONTINUE,
        new Stale(event, 1, state), Next.CONTINUE,
        new GuardDenied(Phase.CHECKING, event, List.of(denial), permitted), Next.WAIT,
        new Busy("state.json.lock", "held for 10 s"), Next.WAIT,
        new NotPersisted("state.json", "no space left on device", Outcome.OLD), Next.WAIT,
        new NotPersisted("state.json", "a sync failed", Outcome.UNKNOWN), Next.WAIT,
        new Unreadable("state.json", "empty", true), Next.STOP);

    try (UpdateLifecycle lifecycle = open()) {
      lifecycle.send(new Check());
      AgentLoop loop = new AgentLoop(lifecycle, new FolderDevice(folder));
      answers.forEach((rejection, next) -> assertThat(loop.refused(new Sent(event, 1), rejection))
          .as(rejection.message())
          .isEqualTo(next));
      Rejection reentrant = new Reentrant(event);
      assertThatIllegalStateException()
          .isThrownBy(() -> loop.refused(new Sent(event, 1), reentrant))
          .withMessage(reentrant.message());
      List<Class<?>> tried = new ArrayList<>(List.of(Reentrant.class));
      answers.keySet().forEach(rejection -> tried.add(rejection.getClass()));
      assertThat(tried).containsAll(kinds(Rejection.class));
    }
  }

  private static List<Class<?>> kinds(Class<?> type) {
    List<Class<?>> kinds = new ArrayList<>();
    for (Class<?> kind : type.getPermittedSubclasses()) {
      kinds.addAll(kind.isSealed() ? kinds(kind) : List.of(kind));
    }
    return kinds;
  }

  private LifecycleSettings settings() {
    return LifecycleSettings.DEFAULT.withBoot(() -> Option.some(new Boot("one boot", uptime)));
  }

  private UpdateLifecycle open() {
    return UpdateLifecycle.open(StateFile.at(file), settings(), new TableEngine())
        .get();
  }

  private Next run() throws IOException {
    return AgentLoop.run(StateFile.at(file), settings(), new FolderDevice(folder));
  }

  private UpdateState state() {
    return StateFile.at(file).read().get().state();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  /** Runs the slot that the boot loader is to start, and makes the other one the passive slot. */
  private void reboot() throws IOException {
    String before = Files.readString(folder.resolve("running"));
    write("running", Files.readString(folder.resolve("next")));
    write("passive", before);
    Files.delete(folder.resolve("next"));
  }

  /** Runs main, and returns its lines; those of the listener are in the order of the events. */
  private List<String> runMain() throws IOException {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream captured = new PrintStream(bytes, true, UTF_8)) {
      System.setOut(captured);
      System.setErr(captured);
      AgentLoop.main(new String[] {file.toString(), folder.toString()});
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return bytes.toString(UTF_8).lines().toList();
  }
}
