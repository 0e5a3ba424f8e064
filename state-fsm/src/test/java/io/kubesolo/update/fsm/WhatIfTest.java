package io.kubesolo.update.fsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.WhatIf.ActionResult;
import io.kubesolo.update.fsm.WhatIf.Change;
import io.kubesolo.update.fsm.WhatIf.GuardResult;
import io.kubesolo.update.fsm.WhatIf.Value;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link WhatIf} reports the result of each guard, the changes of each action, and the decision. */
final class WhatIfTest {
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

  private final LifecycleEngine engine = new TableEngine();
  private final EventContext context = new EventContext(NOW, Option.none(), 2);
  private final UpdateState fresh = UpdateState.fresh(NOW);

  private WhatIf after(UpdateState state, UpdateEvent event) {
    return WhatIf.of(engine, state, event, context);
  }

  @Test
  void reportsWhatEachActionChanges() {
    WhatIf download = after(fresh, new Download("v2", "v1"));

    assertThat(download.after().phase()).isEqualTo(Phase.DOWNLOADING);
    assertThat(changes(download, Action.TAKE_TARGET))
        .containsExactly(
            new Change("from_version", "", "v1"),
            new Change("to_version", "", "v2"),
            new Change("attempt_count", "0", "1"));
    assertThat(changes(download, Action.START_ATTEMPT))
        .containsExactly(new Change("started_at", "", NOW.toString()));
  }

  @Test
  void namesAMissingLimitOnAttempts() {
    EventContext unlimited = new EventContext(NOW, Option.none(), 0);
    WhatIf download = WhatIf.of(engine, fresh, new Download("v2", "v1"), unlimited);

    assertThat(download.guards())
        .flatExtracting(GuardResult::values)
        .contains(new Value("max_attempts", "no limit"))
        .doesNotContain(new Value("max_attempts", "0"));
    assertThat(after(fresh, new Download("v2", "v1")).guards())
        .flatExtracting(GuardResult::values)
        .contains(new Value("max_attempts", "2"));
  }

  private static List<Change> changes(WhatIf what, Action action) {
    return what.actions().stream()
        .filter(result -> result.action() == action)
        .map(ActionResult::changes)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void reportsEachGuardWithItsRequirement() {
    UpdateState staged =
        after(after(fresh, new Download("v2", "v1")).after(), new Stage()).after();

    WhatIf again = after(staged, new Download("v2", "v1"));

    assertThat(again.answer().isLeft()).isTrue();
    assertThat(again.after()).isEqualTo(staged);
    assertThat(again.actions()).isEmpty();
    assertThat(again.guards())
        .contains(
            new GuardResult(
                Guard.SUPERSEDES,
                false,
                Option.some("the target must differ from the staged v2"),
                List.of(new Value("to_version", "v2"), new Value("state.to_version", "v2"))),
            new GuardResult(
                Guard.NOT_ROLLED_BACK,
                true,
                Option.none(),
                List.of(
                    new Value("to_version", "v2"),
                    new Value("state.rolled_back_versions", ""),
                    new Value("force", "false"))));
  }

  @Test
  void reportsTheValuesThatEachGuardCompares() {
    UpdateState state = fresh.toBuilder()
        .phase(Phase.FAILED)
        .toVersion(Option.some("v2"))
        .lastError(Option.some("x"))
        .attemptCount(2)
        .rolledBackVersions(List.of("v3", "v4"))
        .build();

    assertThat(after(state, new Download("v2", "v1", true)).guards())
        .extracting(result -> result.values().toString())
        .containsExactly(
            values("to_version", "v2", "running_version", "v1"),
            values("to_version", "v2", "state.rolled_back_versions", "v3, v4", "force", "true"),
            values(
                "to_version",
                "v2",
                "state.to_version",
                "v2",
                "state.attempt_count",
                "2",
                "max_attempts",
                "2",
                "force",
                "true"));
  }

  private static String values(String... namesAndTexts) {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      values.add(new Value(namesAndTexts[i], namesAndTexts[i + 1]));
    }
    return values.toString();
  }

  @Test
  void hasNoEdgeIfTheEventIsIllegal() {
    WhatIf confirm = after(fresh, new Confirm());

    assertThat(confirm.edge()).isEmpty();
    assertThat(confirm.guards()).isEmpty();
    assertThat(confirm.answer()).isEqualTo(engine.decide(fresh, new Confirm(), context));
  }

  /** Applies the actions one by one, which must make the state that the edge makes. */
  @Test
  void reportsAllThatAnEdgeChanges() {
    for (UpdateState state : List.of(
        fresh,
        after(fresh, new Download("v2", "v1")).after(),
        fresh.toBuilder().phase(Phase.VERIFYING).toVersion(Option.some("v2")).build())) {
      for (EventType type : EventType.values()) {
        UpdateEvent event = UpdateEvent.of(
                type,
                new UpdateEvent.Values(
                    Option.some("v2"), Option.some("v1"), Option.some("broken"), false))
            .get();
        WhatIf what = after(state, event);
        UpdateState changed = state;
        for (ActionResult result : what.actions()) {
          changed = result.action().apply(changed, event, NOW);
        }
        assertThat(what.after().attemptCount()).isEqualTo(changed.attemptCount());
        assertThat(what.after().lastError()).isEqualTo(changed.lastError());
        assertThat(what.after().rolledBackVersions()).isEqualTo(changed.rolledBackVersions());
        assertThat(what.after().startedAt()).isEqualTo(changed.startedAt());
        assertThat(what.after().toVersion()).isEqualTo(changed.toVersion());
      }
    }
  }

  @Test
  void namesTheVersionsThatARollbackRemembers() {
    UpdateState verifying =
        fresh.toBuilder().phase(Phase.VERIFYING).toVersion(Option.some("v2")).build();

    assertThat(changes(after(verifying, new Rollback("no")), Action.REMEMBER_ROLLBACK))
        .containsExactly(new Change("rolled_back_versions", "", "v2"));
  }
}
