package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Option;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PastStateTest {
  private static final long NO_LIMIT = 0;
  private static final Instant START = Instant.parse("2026-03-04T05:06:07Z");

  private final LifecycleEngine engine = new TableEngine();
  private Instant now = START;
  private UpdateState state = UpdateState.fresh(now);

  private void send(UpdateEvent event) {
    now = now.plus(Duration.ofSeconds(1));
    state = engine
        .decide(state, event, new EventContext(now, Option.none(), NO_LIMIT))
        .get();
  }

  @Test
  void theStateAfterTheLastEventIsTheStateItself() {
    send(new Download("v2", "v1"));
    send(new Stage());

    assertThat(PastState.after(state, 1)).contains(state);
    UpdateState staged = PastState.after(state, 0).get();
    assertThat(staged.phase()).isEqualTo(Phase.DOWNLOADING);
    assertThat(staged.fromVersion()).contains("v1");
    assertThat(staged.startedAt()).isEqualTo(state.startedAt());
    assertThat(staged.revision()).isZero();
  }

  @Test
  void anEventThatIsNotRecordedMakesTheLastEntryPast() {
    send(new Download("v2", "v1"));
    send(new UpdateEvent.Cancel());
    UpdateState idle = state;
    send(new Check());

    UpdateState past = PastState.after(state, 1).get();
    assertThat(past.phase()).isEqualTo(Phase.IDLE);
    assertThat(past.startedAt()).as("that of the check is later").isEmpty();
    assertThat(past.attemptCount()).isEqualTo(idle.attemptCount());
  }

  /** Attempts whose first is no longer in the history are counted back from the present. */
  @Test
  void countsAttemptsBackFromThePresent() {
    for (int i = 0; i < Edge.MAX_HISTORY; i++) {
      send(new Download("v2", "v1"));
      send(new Fail("attempt " + (i + 1)));
    }

    int last = Edge.MAX_HISTORY - 1;
    assertThat(state.attemptCount()).isEqualTo(20);
    assertThat(PastState.after(state, last - 1).map(UpdateState::attemptCount)).contains(20L);
    assertThat(PastState.after(state, last - 2).map(UpdateState::attemptCount)).contains(19L);
    assertThat(PastState.after(state, 0).map(UpdateState::attemptCount)).contains(11L);
    assertThat(PastState.after(state, 0).flatMap(UpdateState::lastError))
        .as("its entry is no longer there")
        .isEmpty();
  }

  /** Sends more events than the history holds; an error stays until an event sets or clears it. */
  @Test
  void keepsAnErrorThatIsOlderThanTheHistory() {
    send(new Download("v2", "v1"));
    send(new Fail("no route"));
    for (int i = 0; i <= Edge.MAX_HISTORY; i++) {
      send(new Download("v2", "v1"));
    }

    assertThat(state.lastError()).contains("no route");
    assertThat(PastState.after(state, 3).flatMap(UpdateState::lastError)).contains("no route");
    send(new Fail("no space"));
    assertThat(PastState.after(state, 3).flatMap(UpdateState::lastError)).isEmpty();
  }

  /** Begins two attempts at the same moment, as with a clock that does not advance. */
  @Test
  void hasNoStartOfALaterAttempt() {
    for (String version : List.of("v2", "v3")) {
      send(new Download(version, "v1"));
      state = state.toBuilder().startedAt(Option.some(START)).build();
      send(new Fail("no route"));
    }

    assertThat(PastState.after(state, 2).flatMap(UpdateState::startedAt)).contains(START);
    assertThat(PastState.after(state, 1).flatMap(UpdateState::startedAt)).isEmpty();
  }

  @Test
  void hasNoStateOfAPhaseThatIsNotKnown() {
    HistoryEntry newer =
        new HistoryEntry(now, "pause", "staged", "paused", Option.none(), Option.none());

    assertThat(PastState.after(state.toBuilder().history(List.of(newer, newer)).build(), 0))
        .isEmpty();
  }
}
