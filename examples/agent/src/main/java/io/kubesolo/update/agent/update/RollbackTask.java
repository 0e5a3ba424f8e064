package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.UpdateEvent.Rollback;
import java.util.Optional;

/** Rolls back to the prior slot at the operator's request. */
public final class RollbackTask {
  private final UpdateSession session;
  private final Rollback event;

  /** Prepares the work of a session. */
  public RollbackTask(UpdateSession session, Rollback event) {
    this.session = session;
    this.event = event;
  }

  /** Does the work, and returns a line for the operator. */
  public String run() throws Failure {
    BootSelection boot = session.bootSelection();
    switch (session.phase()) {
      case ROLLED_BACK -> {}
      case VERIFYING, SUCCESS -> {
        Optional<Failure> obstacle = boot.obstacleToGoBack();
        if (obstacle.isPresent()) {
          throw obstacle.get();
        }
        boot.requireRoomFor(session.passiveSlot());
        session.send(event);
        boot.select(session.passiveSlot());
      }
      case ACTIVATED -> {
        boot.requireRoomFor(session.runningSlot());
        session.send(event);
        boot.align();
      }
      case IDLE, CHECKING, DOWNLOADING, STAGED, FAILED -> session.send(event);
    }
    return boot.outlook();
  }
}
