package io.kubesolo.update.benchmarks;

import com.alibaba.cola.statemachine.Action;
import com.alibaba.cola.statemachine.Condition;
import com.alibaba.cola.statemachine.StateMachine;
import com.alibaba.cola.statemachine.builder.StateMachineBuilder;
import com.alibaba.cola.statemachine.builder.StateMachineBuilderFactory;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.util.List;
import java.util.UUID;

/** The machine in COLA, which holds no state, and hands guards and actions the task. */
final class Cola implements Contender {
  private final StateMachineBuilder<Phase, EventType, Task> builder =
      StateMachineBuilderFactory.create();
  private final StateMachine<Phase, EventType, Task> machine;
  private final Task task = new Task();

  Cola() {
    edge(List.of(Phase.IDLE), EventType.CHECK, Phase.CHECKING, (f, t, e, task) -> task.check());
    edge(
        List.of(Phase.CHECKING),
        EventType.NO_UPDATE,
        Phase.IDLE,
        (f, t, e, task) -> task.idleAgain());
    edge(
        List.of(Phase.CHECKING),
        EventType.DOWNLOAD,
        Phase.DOWNLOADING,
        Task::isFresh,
        (f, t, e, task) -> task.download());
    edge(
        List.of(Phase.IDLE, Phase.SUCCESS, Phase.ROLLED_BACK, Phase.FAILED),
        EventType.DOWNLOAD,
        Phase.DOWNLOADING,
        Task::isFresh,
        (f, t, e, task) -> task.newAttempt());
    edge(
        List.of(Phase.STAGED),
        EventType.DOWNLOAD,
        Phase.DOWNLOADING,
        Task::isNewer,
        (f, t, e, task) -> task.newAttempt());
    edge(
        List.of(Phase.DOWNLOADING), EventType.STAGE, Phase.STAGED, (f, t, e, task) -> task.stage());
    edge(
        List.of(Phase.STAGED),
        EventType.ACTIVATE,
        Phase.ACTIVATED,
        (f, t, e, task) -> task.activate());
    edge(
        List.of(Phase.ACTIVATED),
        EventType.VERIFY,
        Phase.VERIFYING,
        Task::isRunningTarget,
        (f, t, e, task) -> task.verify());
    edge(
        List.of(Phase.VERIFYING),
        EventType.CONFIRM,
        Phase.SUCCESS,
        (f, t, e, task) -> task.confirm());
    edge(
        List.of(Phase.CHECKING, Phase.DOWNLOADING, Phase.STAGED),
        EventType.FAIL,
        Phase.FAILED,
        (f, t, e, task) -> task.fail());
    edge(
        List.of(Phase.ACTIVATED, Phase.VERIFYING, Phase.SUCCESS),
        EventType.ROLLBACK,
        Phase.ROLLED_BACK,
        (f, t, e, task) -> task.rollback());
    edge(
        List.of(Phase.CHECKING), EventType.CANCEL, Phase.IDLE, (f, t, e, task) -> task.idleAgain());
    edge(
        List.of(Phase.DOWNLOADING, Phase.STAGED),
        EventType.CANCEL,
        Phase.IDLE,
        (f, t, e, task) -> task.cancel());
    edge(
        List.of(Phase.SUCCESS, Phase.ROLLED_BACK, Phase.FAILED),
        EventType.ACKNOWLEDGE,
        Phase.IDLE,
        (f, t, e, task) -> task.acknowledge());
    machine = builder.build(UUID.randomUUID().toString());
  }

  private void edge(
      List<Phase> from, EventType event, Phase to, Action<Phase, EventType, Task> action) {
    for (Phase phase : from) {
      builder.externalTransition().from(phase).to(to).on(event).perform(action);
    }
  }

  private void edge(
      List<Phase> from,
      EventType event,
      Phase to,
      Condition<Task> guard,
      Action<Phase, EventType, Task> action) {
    for (Phase phase : from) {
      builder.externalTransition().from(phase).to(to).on(event).when(guard).perform(action);
    }
  }

  @Override
  public Either<Rejection, UpdateState> decide(
      UpdateState state, UpdateEvent event, EventContext context) {
    task.begin(state, event, context);
    machine.fireEvent(state.phase(), event.type(), task);
    return task.answer();
  }
}
