package io.kubesolo.update.agentloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.agentloop.AgentLoop.Next;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.InMemoryStateStore;
import io.kubesolo.update.core.testing.InMemoryStateStore.Fault;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.core.testing.ReferenceModel;
import io.kubesolo.update.core.testing.SampleStates;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The loop over the test kit: a store that fails on demand, a clock and boots, the reference model. */
class StoreFaultsTest {
  private final ManualClock clock = new ManualClock();
  private final InMemoryStateStore store =
      new InMemoryStateStore(UpdateState.fresh(ManualClock.START));
  private final LifecycleSettings settings =
      LifecycleSettings.DEFAULT.withClock(clock).withBoot(clock::boot);

  @TempDir
  Path folder;

  @BeforeEach
  void offerAnUpdate() throws IOException {
    Files.writeString(folder.resolve("running"), "v1");
    Files.writeString(folder.resolve("passive"), "v0");
    Files.writeString(folder.resolve("offer"), "v2");
  }

  private Next run() throws IOException {
    return AgentLoop.run(store, settings, new FolderDevice(folder));
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aFaultEndsTheRunAndTheNextOneGoesOn(Fault fault) throws IOException {
    store.failNext(fault);

    assertThat(run()).isEqualTo(fault == Fault.UNREADABLE ? Next.STOP : Next.WAIT);
    assertThat(store.stored().phase()).isIn(Phase.IDLE, Phase.CHECKING);

    assertThat(run()).isEqualTo(Next.REBOOT);
    assertThat(store.stored().phase()).isEqualTo(Phase.ACTIVATED);
    assertThat(store.stored().attemptCount()).isOne();
  }

  @Test
  void anEventOfUnknownOutcomeIsSentAgainAndNotTwice() throws IOException {
    UpdateLifecycle lifecycle =
        UpdateLifecycle.open(store, settings, new TableEngine()).get();
    AgentLoop loop = new AgentLoop(lifecycle, new FolderDevice(folder));
    store.failNext(Fault.UNKNOWN_NEW);

    assertThat(loop.round()).isEqualTo(Next.WAIT);
    assertThat(store.stored().phase()).isEqualTo(Phase.CHECKING);
    assertThat(loop.round()).isEqualTo(Next.CONTINUE);

    assertThat(store.writes()).isOne();
    assertThat(lifecycle.state()).isEqualTo(store.stored());
  }

  @Test
  void aDownloadThatIsOverdueIsGivenUp() throws IOException {
    InMemoryStateStore downloading = new InMemoryStateStore(SampleStates.in(Phase.DOWNLOADING));
    clock.advance(Duration.ofHours(7));

    assertThat(AgentLoop.run(downloading, settings, new FolderDevice(folder))).isEqualTo(Next.WAIT);

    assertThat(downloading.stored().phase()).isEqualTo(Phase.IDLE);
    assertThat(downloading.stored().history().get(0).error())
        .contains("timed out in downloading after 6h");
  }

  @Test
  void aBootThatFellBackRollsBack() throws IOException {
    assertThat(run()).isEqualTo(Next.REBOOT);
    clock.reboot();

    assertThat(run()).isEqualTo(Next.WAIT);
    assertThat(store.stored().rolledBackVersions()).containsExactly("v2");
  }

  @Test
  void theLifecycleFollowsTheModelFromEachPhaseOn() {
    for (Phase phase : Phase.values()) {
      for (EventType type : EventType.values()) {
        InMemoryStateStore start = new InMemoryStateStore(SampleStates.in(phase));
        UpdateLifecycle lifecycle =
            UpdateLifecycle.open(start, settings, new TableEngine()).get();
        ReferenceModel model = new ReferenceModel(start.stored(), settings.maxAttempts());
        UpdateEvent event = SampleStates.event(type);

        Either<Rejection, UpdateState> answer = lifecycle.send(event);

        assertThat(model.send(event, clock.instant(), clock.boot()).isSameAs(answer))
            .as("%s in %s: %s", type, phase, answer)
            .isTrue();
        assertThat(ReferenceModel.describe(lifecycle.state())).isEqualTo(model.describe());
      }
    }
  }
}
