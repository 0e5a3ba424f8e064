package io.kubesolo.update.agent;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.IllegalTransition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;

/** A command that is one event to idle. Where the state is idle already, it is done. */
abstract class ToIdleCommand extends AgentCommand {
  ToIdleCommand(Main main, String description) {
    super(main, description);
  }

  abstract UpdateEvent event();

  @Override
  public Integer call() {
    return main.open().fold(main::fail, this::send);
  }

  private int send(UpdateLifecycle lifecycle) {
    try (lifecycle) {
      UpdateState before = lifecycle.state();
      return lifecycle
          .send(event())
          .fold(this::refused, after -> done(Wording.step(before, event(), after)));
    }
  }

  private int refused(Rejection rejection) {
    return rejection instanceof IllegalTransition illegal && illegal.phase() == Phase.IDLE
        ? done("nothing to do: the state is idle")
        : main.fail(rejection);
  }

  private int done(String line) {
    main.output.line(line);
    return ExitCode.OK;
  }
}
