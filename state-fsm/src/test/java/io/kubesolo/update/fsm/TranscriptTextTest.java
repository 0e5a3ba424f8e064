package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Values;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A transcript that is written can be run. */
class TranscriptTextTest {
  private static final String NO_VERSION =
      "a version in it holds a space, a comma or a control character";
  private static final String NO_ERROR = "an error in it holds a line break or a control character";

  private static WhatIf step(UpdateState state, UpdateEvent event) {
    EventContext context = new EventContext(TranscriptText.START, Option.none(), 3);
    return WhatIf.of(Engine.TABLE.get(), state, event, context);
  }

  @Property(tries = 200)
  void whatIsWrittenIsWhatBothEnginesAnswer(@ForAll long seed) {
    Random random = new Random(seed);
    UpdateState start = TranscriptText.start(live(random, UpdateState.fresh(ManualClock.START)));
    List<String> lines = new ArrayList<>(TranscriptText.given(start).get());
    UpdateState state = start;
    for (int i = 0; i < 6; i++) {
      WhatIf step = step(state, event(random));
      lines.addAll(TranscriptText.of(step).get());
      state = step.after();
    }

    assertThat(Transcript.replay(lines, Engine.TABLE.get())).isEqualTo(lines);
    assertThat(Transcript.replay(lines, Engine.SPRING.get())).isEqualTo(lines);
  }

  private static UpdateState live(Random random, UpdateState fresh) {
    UpdateState state = fresh;
    for (int i = 0; i < 30; i++) {
      state = step(state, event(random)).after();
    }
    return state;
  }

  private static UpdateEvent event(Random random) {
    EventType[] types = EventType.values();
    Values values = new Values(
        Option.some("v" + random.nextInt(3)),
        Option.some("v" + random.nextInt(3)),
        Option.some("error " + random.nextInt(3)),
        random.nextInt(4) == 0,
        random.nextBoolean());
    return UpdateEvent.of(types[random.nextInt(types.length)], values).get();
  }

  @Test
  void aStartHasNothingThatATranscriptDoesNotShow() {
    UpdateState start = TranscriptText.start(SampleStates.in(Phase.STAGED));

    assertThat(start.startedAt()).isEmpty();
    assertThat(start.updatedAt()).containsExactly(TranscriptText.START);
    assertThat(start.revision()).isZero();
    assertThat(start.boot()).isEmpty();
    assertThat(start.history()).isEmpty();
    assertThat(start.phase()).isEqualTo(Phase.STAGED);
    assertThat(start.toVersion()).isEqualTo(SampleStates.in(Phase.STAGED).toVersion());
  }

  @Test
  void aStateIsALineOfItsValues() {
    UpdateState state = UpdateState.builder()
        .phase(Phase.FAILED)
        .fromVersion(Option.some("v1"))
        .toVersion(Option.some("v2"))
        .attemptCount(2)
        .rolledBackVersions(List.of("v3", "v4"))
        .lastError(Option.some("no route"))
        .updatedAt(Option.some(TranscriptText.START))
        .build();

    assertThat(TranscriptText.given(state).get())
        .containsExactly(
            "> given phase=failed from_version=v1 to_version=v2 attempt_count=2"
                + " rolled_back_versions=v3,v4 last_error=no route",
            "  failed, revision 0, v1 to v2, attempts 2, error \"no route\", rolled back [v3, v4]");
    assertThat(TranscriptText.given(UpdateState.fresh(TranscriptText.START)).get())
        .containsExactly("> given phase=idle", "  idle, revision 0, attempts 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v 2", "v,2", "v\u00852"})
  void aVersionThatEndsAWordIsNotWritten(String version) {
    UpdateState idle = UpdateState.fresh(TranscriptText.START);
    UpdateState.Builder state = idle.toBuilder();
    boolean control = version.chars().anyMatch(Character::isISOControl);

    for (UpdateState start : List.of(
        state.fromVersion(Option.some(version)).build(),
        idle.toBuilder().toVersion(Option.some(version)).build(),
        idle.toBuilder().rolledBackVersions(List.of("v1", version)).build())) {
      assertThat(TranscriptText.given(start)).isEqualTo(Either.left(NO_VERSION));
    }
    if (!control) {
      assertThat(TranscriptText.of(step(idle, new Download(version, "v1"))))
          .isEqualTo(Either.left(NO_VERSION));
      assertThat(TranscriptText.of(step(idle, new Download("v2", version))))
          .isEqualTo(Either.left(NO_VERSION));
      assertThat(TranscriptText.of(step(idle, new Verify(version))))
          .isEqualTo(Either.left(NO_VERSION));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"two\nlines", "a tab\there", "two\u2028lines", "two\u0085lines"})
  void anErrorOfTwoLinesIsNotWritten(String error) {
    UpdateState checking = SampleStates.in(Phase.CHECKING);

    assertThat(TranscriptText.of(step(checking, new Fail(error)))).isEqualTo(Either.left(NO_ERROR));
    assertThat(TranscriptText.given(
            checking.toBuilder().lastError(Option.some(error)).build()))
        .isEqualTo(Either.left(NO_ERROR));
  }

  @Test
  void anErrorThatLooksLikeARetryIsNotWritten() {
    UpdateState verifying = SampleStates.in(Phase.VERIFYING);

    assertThat(TranscriptText.of(step(verifying, new Rollback("no (retry)"))))
        .isEqualTo(Either.left("an error cannot end with '(retry)'"));
    assertThat(TranscriptText.of(step(verifying, new Rollback("no (retry) now", true)))
            .get())
        .startsWith("> rollback no (retry) now (retry)");
    assertThat(TranscriptText.of(step(SampleStates.in(Phase.CHECKING), new Fail("no (retry)")))
            .get())
        .startsWith("> fail no (retry)");
  }

  @Test
  void aRefusedEventLeavesTheState() {
    UpdateState checking = TranscriptText.start(SampleStates.in(Phase.CHECKING));

    assertThat(TranscriptText.of(step(checking, new Check())).get())
        .containsExactly(
            "> check",
            "  refused: check is illegal in checking",
            "  still " + TranscriptText.state(checking));
    assertThat(TranscriptText.of(
                step(UpdateState.fresh(TranscriptText.START), new Download("v1", "v1", true)))
            .get())
        .hasSize(3)
        .startsWith("> download v1 on v1 forced");
  }
}
