package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.UpdateEvent.Rollback;

/** Rolls back to the prior slot at the operator's request. */
public final class RollbackTask {
  private final UpdateSession session;
  private final Rollback event;

  /** Prepares the work of a session. */
  public RollbackTask(UpdateSession session, Rollback event) {
    this.session = session;
    this.event = event;
  }

  /** Does the work, and returns a line for a person. */
  public String run() throws Failure {
    BootSelection boot = session.bootSelection();
    return switch (session.phase()) {
      case ROLLED_BACK -> boot.outlook(boot.env());
      case VERIFYING, SUCCESS -> {
        boot.requireBootablePassive();
        session.send(event);
        yield boot.outlook(boot.select(session.passiveSlot()));
      }
      default -> {
        session.send(event);
        yield boot.outlook(boot.align());
      }
    };
  }
}
