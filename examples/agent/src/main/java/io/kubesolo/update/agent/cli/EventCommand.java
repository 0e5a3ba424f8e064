package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.TransitionRecorder;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Cancel;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;

/** A command that sends one event to idle. If the phase is idle already, the command is done. */
final class EventCommand extends AgentCommand {
  private final UpdateEvent event;

  private EventCommand(CommandContext context, UpdateEvent event, String description) {
    super(context, description);
    this.event = event;
  }

  static EventCommand cancel(CommandContext context) {
    EventCommand command = new EventCommand(
        context,
        new Cancel(),
        "Cancels an update before its activation; a running apply stops at its next step.");
    command.syntax.example("  update-agent cancel");
    return command;
  }

  static EventCommand acknowledge(CommandContext context) {
    EventCommand command = new EventCommand(
        context, new Acknowledge(), "Acknowledges an outcome: success, rolled_back or failed.");
    command.syntax.example("  update-agent ack");
    return command;
  }

  @Override
  public Integer call() throws Failure {
    TransitionRecorder store = new TransitionRecorder(context.file());
    try (UpdateLifecycle lifecycle = context.open(store)) {
      Either<Rejection, UpdateState> answer = lifecycle.send(event);
      if (answer.isLeft()
          && answer.getLeft() instanceof IllegalTransition illegal
          && illegal.phase() == Phase.IDLE) {
        return done(
            context.isStateMissing() ? context.nothingToDo() : "nothing to do: the state is idle");
      }
      return done(store.line(event, Failure.orThrow(answer)));
    }
  }
}
