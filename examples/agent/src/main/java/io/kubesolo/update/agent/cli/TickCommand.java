package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.update.Messages;
import io.kubesolo.update.core.Deadlines.Overdue;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.Stale;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;

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
  public Integer call() {
    return context.open().fold(context::fail, lifecycle -> {
      try (lifecycle) {
        return tick(lifecycle);
      }
    });
  }

  private int tick(UpdateLifecycle lifecycle) {
    return lifecycle
        .overdue()
        .map(overdue -> end(overdue, lifecycle))
        .getOrElse(() -> done("nothing to do"));
  }

  private int end(Overdue overdue, UpdateLifecycle lifecycle) {
    UpdateState before = lifecycle.state();
    return lifecycle
        .send(overdue.event(), before.revision())
        .fold(
            rejection -> refused(rejection, lifecycle),
            after -> done(Messages.step(before, overdue.event(), after)));
  }

  /** What another process did meanwhile may be overdue no more. */
  private int refused(Rejection rejection, UpdateLifecycle lifecycle) {
    return rejection instanceof Stale ? tick(lifecycle) : context.fail(rejection);
  }

  private int done(String line) {
    context.output.line(line);
    return ExitCode.OK;
  }
}
