package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.update.Messages;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;

/** A command that is one event to idle. Where the state is idle already, it is done. */
abstract class ToIdleCommand extends AgentCommand {
  ToIdleCommand(CommandContext context, String description) {
    super(context, description);
  }

  abstract UpdateEvent event();

  @Override
  public Integer call() {
    return context.open().fold(context::fail, this::send);
  }

  private int send(UpdateLifecycle lifecycle) {
    try (lifecycle) {
      UpdateState before = lifecycle.state();
      return lifecycle
          .send(event())
          .fold(this::refused, after -> done(Messages.step(before, event(), after)));
    }
  }

  private int refused(Rejection rejection) {
    return rejection instanceof IllegalTransition illegal && illegal.phase() == Phase.IDLE
        ? done("nothing to do: the state is idle")
        : context.fail(rejection);
  }

  private int done(String line) {
    context.output.line(line);
    return ExitCode.OK;
  }
}
