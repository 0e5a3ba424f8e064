package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.update.Tick;
import io.kubesolo.update.agent.update.TransitionRecorder;
import io.kubesolo.update.fsm.UpdateLifecycle;

/** Ends a phase that has lasted longer than its deadline. */
final class TickCommand extends AgentCommand {
  TickCommand(CommandContext context) {
    super(
        context,
        "Ends a phase that has lasted longer than its deadline.",
        "Sends fail or rollback if the phase is overdue, else nothing; a running command sees",
        "this at its next step. Run it by a timer every few minutes.");
    syntax.example("  update-agent --deadlines downloading=2h tick");
  }

  @Override
  public Integer call() throws Failure {
    TransitionRecorder store = new TransitionRecorder(context.file());
    try (UpdateLifecycle lifecycle = context.open(store)) {
      return done(Tick.run(lifecycle, store).getOrElse(context::nothingToDo));
    }
  }
}
