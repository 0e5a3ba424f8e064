package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.Messages;
import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import io.vavr.control.Option;

/** Ends a phase that has lasted longer than its deadline. */
final class TickCommand extends AgentCommand {
  TickCommand(CommandContext context) {
    super(
        context,
        "Ends a phase that has lasted longer than its deadline.",
        "Sends fail or rollback if the phase is overdue, else nothing; a running command notices",
        "it at its next step. Run it every few minutes by a timer.");
    syntax.example("  update-agent --deadlines downloading=2h tick");
  }

  @Override
  public Integer call() throws Failure {
    try (UpdateLifecycle lifecycle = context.open()) {
      Option<Overdue> overdue = lifecycle.overdue();
      while (overdue.isDefined()) {
        UpdateState before = lifecycle.state();
        UpdateEvent event = overdue.get().event();
        Either<Rejection, UpdateState> answer = lifecycle.send(event, before.revision());
        if (answer.isRight() || !(answer.getLeft() instanceof Stale)) {
          return done(Messages.step(before, event, Failure.orThrow(answer)));
        }
        // Another process was faster: the phase may not be overdue any more.
        overdue = lifecycle.overdue();
      }
      return done("nothing to do");
    }
  }
}
