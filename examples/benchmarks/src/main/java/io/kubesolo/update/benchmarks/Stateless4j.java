package io.kubesolo.update.benchmarks;

import com.github.oxo42.stateless4j.StateMachine;
import com.github.oxo42.stateless4j.StateMachineConfig;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;

/**
 * The machine in stateless4j. Its guards and actions take no arguments, so they are bound to one
 * task; the state is kept outside of the machine, as the library provides for.
 */
final class Stateless4j implements Contender {
  private final Task task = new Task();
  private Phase phase = Phase.IDLE;
  private final StateMachine<Phase, EventType> machine;

  Stateless4j() {
    StateMachineConfig<Phase, EventType> config = new StateMachineConfig<>();
    before(config);
    after(config);
    machine = new StateMachine<>(Phase.IDLE, () -> phase, next -> phase = next, config);
    machine.onUnhandledTrigger((state, trigger) -> {});
  }

  private void before(StateMachineConfig<Phase, EventType> config) {
    config
        .configure(Phase.IDLE)
        .permit(EventType.CHECK, Phase.CHECKING, task::check)
        .permitIf(EventType.DOWNLOAD, Phase.DOWNLOADING, task::isFresh, task::newAttempt);
    config
        .configure(Phase.CHECKING)
        .permit(EventType.NO_UPDATE, Phase.IDLE, task::idleAgain)
        .permitIf(EventType.DOWNLOAD, Phase.DOWNLOADING, task::isFresh, task::download)
        .permit(EventType.FAIL, Phase.FAILED, task::fail)
        .permit(EventType.CANCEL, Phase.IDLE, task::idleAgain);
    config
        .configure(Phase.DOWNLOADING)
        .permit(EventType.STAGE, Phase.STAGED, task::stage)
        .permit(EventType.FAIL, Phase.FAILED, task::fail)
        .permit(EventType.CANCEL, Phase.IDLE, task::cancel);
    config
        .configure(Phase.STAGED)
        .permitIf(EventType.DOWNLOAD, Phase.DOWNLOADING, task::isNewer, task::newAttempt)
        .permit(EventType.ACTIVATE, Phase.ACTIVATED, task::activate)
        .permit(EventType.FAIL, Phase.FAILED, task::fail)
        .permit(EventType.CANCEL, Phase.IDLE, task::cancel);
  }

  private void after(StateMachineConfig<Phase, EventType> config) {
    config
        .configure(Phase.ACTIVATED)
        .permitIf(EventType.VERIFY, Phase.VERIFYING, task::isRunningTarget, task::verify)
        .permit(EventType.ROLLBACK, Phase.ROLLED_BACK, task::rollback);
    config
        .configure(Phase.VERIFYING)
        .permit(EventType.CONFIRM, Phase.SUCCESS, task::confirm)
        .permit(EventType.ROLLBACK, Phase.ROLLED_BACK, task::rollback);
    config
        .configure(Phase.SUCCESS)
        .permitIf(EventType.DOWNLOAD, Phase.DOWNLOADING, task::isFresh, task::newAttempt)
        .permit(EventType.ROLLBACK, Phase.ROLLED_BACK, task::rollback)
        .permit(EventType.ACKNOWLEDGE, Phase.IDLE, task::acknowledge);
    for (Phase outcome : new Phase[] {Phase.ROLLED_BACK, Phase.FAILED}) {
      config
          .configure(outcome)
          .permitIf(EventType.DOWNLOAD, Phase.DOWNLOADING, task::isFresh, task::newAttempt)
          .permit(EventType.ACKNOWLEDGE, Phase.IDLE, task::acknowledge);
    }
  }

  @Override
  public Either<Rejection, UpdateState> decide(
      UpdateState state, UpdateEvent event, EventContext context) {
    phase = state.phase();
    task.begin(state, event, context);
    machine.fire(event.type());
    return task.answer();
  }
}
