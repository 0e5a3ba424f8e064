package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Activate;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.InMemoryStateStore;
import io.kubesolo.update.core.testing.ManualClock;
import io.vavr.control.Either;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** D1 to D9: the differences between the seed and this project, with the behaviour of both. */
class SeedTest {
  private final ManualClock clock = new ManualClock();
  private final SeedModel seed = new SeedModel();
  private final InMemoryStateStore store =
      new InMemoryStateStore(UpdateState.fresh(ManualClock.START));
  private final UpdateLifecycle ours =
      UpdateLifecycle.open(store, TestSettings.with(clock), Engine.SPRING.get()).get();

  @Test
  void d1CountsAnAttemptWhenATargetIsAccepted() {
    seedGoes("checking");
    assertThat(seed.attemptCount).isOne();
    seed.transition(clock.instant(), "downloading", "v1.1", "");
    assertThat(seed.attemptCount).isZero();

    assertThat(send(new Check()).attemptCount()).isZero();
    assertThat(send(new Download("v1.1", "v1.0")).attemptCount()).isOne();
  }

  @Test
  void d2SuccessResetsTheCount() {
    seed.transition(clock.instant(), "downloading", "v1.1", "");
    seedGoes("staged", "activated", "verifying", "success");
    assertThat(seed.attemptCount).isOne();

    assertThat(succeed("v1.1", "v1.0").attemptCount()).isZero();
  }

  @Test
  void d3RecordsTheVersionThatRunsAtEachAttempt() {
    seed.setFromVersion("v1.0");
    seed.transition(clock.instant(), "downloading", "v1.1", "");
    seedGoes("success", "idle");
    seed.setFromVersion("v1.1");
    seed.transition(clock.instant(), "downloading", "v1.2", "");
    assertThat(seed.fromVersion).isEqualTo("v1.0");

    succeed("v1.1", "v1.0");
    assertThat(send(new Download("v1.2", "v1.1")).fromVersion()).containsExactly("v1.1");
  }

  @Test
  void d4SkipsNoPhaseAndFailsOnlyBeforeActivation() {
    seedGoes("activated", "checking", "success", "downloading", "verifying");
    assertThat(seed.phase).isEqualTo("verifying");
    seed.recordError(clock.instant(), "unhealthy");
    assertThat(seed.phase).isEqualTo("failed");

    requireIllegal(ours, new Activate());
    send(new Download("v1.1", "v1.0"), new Stage(), new Activate(), new Verify("v1.1"));
    requireIllegal(ours, new Fail("unhealthy"));
    assertThat(ours.state().phase()).isEqualTo(Phase.VERIFYING);
  }

  /**
   * Shows that the seed has no lock. Its missing syncs and its handling of symlinks are tested in
   * state-persist.
   */
  @Test
  void d5LosesNoUpdateOfAnotherProcess() {
    SeedModel.Disk disk = new SeedModel.Disk();
    SeedModel first = SeedModel.load(disk);
    SeedModel second = SeedModel.load(disk);
    first.transition(clock.instant(), "downloading", "v1.1", "");
    first.save(disk);
    second.transition(clock.instant(), "checking", "", "");
    second.save(disk);
    assertThat(SeedModel.load(disk).toVersion).isEmpty();

    UpdateLifecycle other = UpdateLifecycle.open(
            store, TestSettings.with(clock), Engine.TABLE.get())
        .get();
    send(new Download("v1.1", "v1.0"));
    assertThat(other.state().phase()).isEqualTo(Phase.IDLE);
    requireIllegal(other, new Check());
    assertThat(store.stored().toVersion()).containsExactly("v1.1");
  }

  @Test
  void d6RejectsAnUnknownPhaseWhenItLoads() {
    SeedModel loaded = SeedModel.load(List.of(
        Map.entry("phase", "idle"),
        Map.entry("PHASE", "sleeping"),
        Map.entry("to_version", "v1"),
        Map.entry("to_version", "v2")));
    assertThat(loaded.phase).isEqualTo("sleeping");
    assertThat(loaded.toVersion).isEqualTo("v2");
    assertThatIllegalArgumentException().isThrownBy(() -> loaded.save(new SeedModel.Disk()));

    assertThat(Phase.ofWireName("sleeping")).isEmpty();
    assertThat(Phase.ofWireName("IDLE")).isEmpty();
  }

  @Test
  void d7ANewAttemptStartsItsOwnTime() {
    seed.transition(clock.instant(), "downloading", "v1.1", "");
    seed.recordError(clock.instant(), "disk full");
    send(new Download("v1.1", "v1.0"), new Fail("disk full"));
    clock.advance(Duration.ofDays(1));

    seed.transition(clock.instant(), "downloading", "v1.1", "");
    assertThat(seed.startedAt).isEqualTo(ManualClock.START);
    assertThat(send(new Download("v1.1", "v1.0")).startedAt()).containsExactly(clock.instant());
  }

  @Test
  void d8AMissingPhaseIsAnError() {
    assertThat(SeedModel.load(List.of(Map.entry("to_version", "v1"))).phase).isEmpty();

    assertThat(Phase.ofWireName("")).isEmpty();
  }

  @Test
  void d9KeepsTheErrorUntilSuccessOrIdleAsTheSeedsCodeDoes() {
    seed.transition(clock.instant(), "downloading", "v1.1", "");
    seed.recordError(clock.instant(), "disk full");
    seed.transition(clock.instant(), "downloading", "v1.1", "");
    assertThat(seed.lastError).isEqualTo("disk full");
    seedGoes("staged", "activated", "verifying");
    assertThat(seed.lastError).isEqualTo("disk full");
    seedGoes("success");
    assertThat(seed.lastError).isEmpty();

    send(new Download("v1.1", "v1.0"), new Fail("disk full"));
    UpdateState retried =
        send(new Download("v1.1", "v1.0"), new Stage(), new Activate(), new Verify("v1.1"));
    assertThat(retried.lastError()).containsExactly("disk full");
    assertThat(send(new Confirm()).lastError()).isEmpty();

    send(new Download("v1.2", "v1.1"), new Fail("disk full"));
    assertThat(send(new Acknowledge()).lastError()).isEmpty();
  }

  private void seedGoes(String... phases) {
    for (String phase : phases) {
      seed.transition(clock.instant(), phase, "", "");
    }
  }

  private UpdateState succeed(String target, String running) {
    return send(
        new Download(target, running),
        new Stage(),
        new Activate(),
        new Verify(target),
        new Confirm());
  }

  private static void requireIllegal(UpdateLifecycle lifecycle, UpdateEvent event) {
    Phase phase = lifecycle.state().phase();
    Either<Rejection, UpdateState> answer = lifecycle.send(event);
    assertThat(answer.isLeft() && answer.getLeft() instanceof IllegalTransition)
        .as("%s is illegal in %s", event, phase)
        .isTrue();
  }

  private UpdateState send(UpdateEvent... events) {
    for (UpdateEvent event : events) {
      assertThat(ours.send(event).isRight()).as("%s", event).isTrue();
    }
    return ours.state();
  }
}
