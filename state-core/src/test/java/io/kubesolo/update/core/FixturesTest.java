package io.kubesolo.update.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.testing.InMemoryStateStore;
import io.kubesolo.update.core.testing.InMemoryStateStore.Fault;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FixturesTest {
  private static final HistoryEntry ENTRY = new HistoryEntry(
      SampleStates.THEN, "download", "idle", "downloading", Option.some("v2"), Option.none());
  private final UpdateState downloading = SampleStates.in(Phase.DOWNLOADING);
  private final UpdateState staged =
      SampleStates.in(Phase.STAGED).toBuilder().history(List.of(ENTRY, ENTRY)).build();
  private final InMemoryStateStore store = new InMemoryStateStore(downloading);

  private Either<Rejection, UpdateState> persist() {
    return store.exclusively((loaded, persistListener) -> Either.narrow(
        persistListener.onAccepted(new Transition(loaded.state(), new Stage(), staged))));
  }

  @Test
  void theStoreStoresWhatTheListenerIsGiven() {
    assertThat(persist()).containsExactly(staged);
    assertThat(store.stored()).isEqualTo(staged);
    assertThat(store.writes()).isOne();
  }

  @Test
  void eachFaultHappensOnceInTheOrderPlanted() {
    store.failNext(Fault.BUSY);
    store.failNext(Fault.UNREADABLE);
    store.failNext(Fault.OLD);
    store.failNext(Fault.UNKNOWN_OLD);

    assertThat(persist()).isEqualTo(Either.left(InMemoryStateStore.BUSY));
    assertThat(persist()).isEqualTo(Either.left(InMemoryStateStore.UNREADABLE));
    assertThat(persist()).isEqualTo(Either.left(InMemoryStateStore.OLD));
    assertThat(persist()).isEqualTo(Either.left(InMemoryStateStore.UNKNOWN));
    assertThat(store.stored()).isEqualTo(downloading);

    store.failNext(Fault.UNKNOWN_NEW);

    assertThat(persist()).isEqualTo(Either.left(InMemoryStateStore.UNKNOWN));
    assertThat(store.stored()).isEqualTo(staged);
    assertThat(persist()).containsExactly(staged);
  }

  @Test
  void theStoreStoresTheNewestEntriesOfTheHistory() {
    store.setMaxHistory(1);

    assertThat(persist().get().history()).containsExactly(ENTRY);
  }

  @Test
  void theWorkMustNotTakeTheLockAgain() {
    assertThatIllegalStateException()
        .isThrownBy(() -> store.exclusively((loaded, persistListener) -> persist()));
  }

  @Test
  void timeAdvancesTheWallClockAndTheUptime() {
    ManualClock clock = new ManualClock();

    clock.advance(Duration.ofMinutes(2));

    assertThat(clock.instant()).isEqualTo(ManualClock.START.plusSeconds(120));
    assertThat(clock.boot()).containsExactly(new Boot("boot-1", Duration.ofMinutes(3)));
  }

  @Test
  void settingTheWallClockKeepsTheUptimeAndARebootKeepsTheWallClock() {
    ManualClock clock = new ManualClock();

    clock.setWallClock(Instant.EPOCH);
    assertThat(clock.boot()).containsExactly(new Boot("boot-1", Duration.ofMinutes(1)));
    clock.reboot();

    assertThat(clock.instant()).isEqualTo(Instant.EPOCH);
    assertThat(clock.boot()).containsExactly(new Boot("boot-2", Duration.ZERO));
    clock.hideBoot();
    assertThat(clock.boot()).isEmpty();
  }
}
