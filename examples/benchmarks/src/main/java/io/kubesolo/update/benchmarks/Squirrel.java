package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.squirrelframework.foundation.fsm.Action;
import org.squirrelframework.foundation.fsm.AnonymousAction;
import org.squirrelframework.foundation.fsm.AnonymousCondition;
import org.squirrelframework.foundation.fsm.Condition;
import org.squirrelframework.foundation.fsm.StateMachineBuilder;
import org.squirrelframework.foundation.fsm.StateMachineBuilderFactory;
import org.squirrelframework.foundation.fsm.impl.AbstractStateMachine;

/**
 * The machine in squirrel-foundation, which holds the present state. Sent an event in the state that
 * the last one led to, as the library is meant to be used, it goes on from there; another state
 * takes a new machine.
 */
final class Squirrel implements Contender {
  private final StateMachineBuilder<Machine, Phase, EventType, Task> builder =
      StateMachineBuilderFactory.create(Machine.class, Phase.class, EventType.class, Task.class);
  private final Task task = new Task();
  private Machine machine;

  /** Squirrel makes instances of a class of the user's. */
  static final class Machine extends AbstractStateMachine<Machine, Phase, EventType, Task> {}

  Squirrel() {
    edge(List.of(Phase.IDLE), EventType.CHECK, Phase.CHECKING, Task::check);
    edge(List.of(Phase.CHECKING), EventType.NO_UPDATE, Phase.IDLE, Task::idleAgain);
    edge(
        List.of(Phase.CHECKING),
        EventType.DOWNLOAD,
        Phase.DOWNLOADING,
        Task::isFresh,
        Task::download);
    edge(
        List.of(Phase.IDLE, Phase.SUCCESS, Phase.ROLLED_BACK, Phase.FAILED),
        EventType.DOWNLOAD,
        Phase.DOWNLOADING,
        Task::isFresh,
        Task::newAttempt);
    edge(
        List.of(Phase.STAGED),
        EventType.DOWNLOAD,
        Phase.DOWNLOADING,
        Task::isNewer,
        Task::newAttempt);
    edge(List.of(Phase.DOWNLOADING), EventType.STAGE, Phase.STAGED, Task::stage);
    edge(List.of(Phase.STAGED), EventType.ACTIVATE, Phase.ACTIVATED, Task::activate);
    edge(
        List.of(Phase.ACTIVATED),
        EventType.VERIFY,
        Phase.VERIFYING,
        Task::isRunningTarget,
        Task::verify);
    edge(List.of(Phase.VERIFYING), EventType.CONFIRM, Phase.SUCCESS, Task::confirm);
    edge(
        List.of(Phase.CHECKING, Phase.DOWNLOADING, Phase.STAGED),
        EventType.FAIL,
        Phase.FAILED,
        Task::fail);
    edge(
        List.of(Phase.ACTIVATED, Phase.VERIFYING, Phase.SUCCESS),
        EventType.ROLLBACK,
        Phase.ROLLED_BACK,
        Task::rollback);
    edge(List.of(Phase.CHECKING), EventType.CANCEL, Phase.IDLE, Task::idleAgain);
    edge(List.of(Phase.DOWNLOADING, Phase.STAGED), EventType.CANCEL, Phase.IDLE, Task::cancel);
    edge(
        List.of(Phase.SUCCESS, Phase.ROLLED_BACK, Phase.FAILED),
        EventType.ACKNOWLEDGE,
        Phase.IDLE,
        Task::acknowledge);
    machine = builder.newStateMachine(Phase.IDLE);
  }

  private void edge(List<Phase> from, EventType event, Phase to, Consumer<Task> action) {
    for (Phase phase : from) {
      builder.externalTransition().from(phase).to(to).on(event).perform(action(action));
    }
  }

  private void edge(
      List<Phase> from, EventType event, Phase to, Predicate<Task> guard, Consumer<Task> action) {
    for (Phase phase : from) {
      builder
          .externalTransition()
          .from(phase)
          .to(to)
          .on(event)
          .when(condition(guard))
          .perform(action(action));
    }
  }

  private static Condition<Task> condition(Predicate<Task> guard) {
    return new AnonymousCondition<>() {
      @Override
      public boolean isSatisfied(Task task) {
        return guard.test(task);
      }
    };
  }

  private static Action<Machine, Phase, EventType, Task> action(Consumer<Task> effect) {
    return new AnonymousAction<>() {
      @Override
      public void execute(Phase from, Phase to, EventType event, Task task, Machine machine) {
        effect.accept(task);
      }
    };
  }

  @Override
  public Either<Rejection, UpdateState> decide(
      UpdateState state, UpdateEvent event, EventContext context) {
    if (machine.getCurrentState() != state.phase()) {
      machine = builder.newStateMachine(state.phase());
    }
    task.begin(state, event, context);
    machine.fire(event.type(), task);
    return task.answer();
  }
}
