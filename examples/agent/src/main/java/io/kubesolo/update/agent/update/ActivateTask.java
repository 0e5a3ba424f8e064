package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.UpdateEvent.Activate;

/** Activates the staged target, and selects its slot for the next boot. */
public final class ActivateTask {
  private final UpdateSession session;

  /** Prepares the work of a session. */
  public ActivateTask(UpdateSession session) {
    this.session = session;
  }

  /** Does the work, and returns a line for the operator. */
  public String run() throws Failure {
    BootSelection boot = session.bootSelection();
    if (session.phase() == Phase.STAGED) {
      activate(boot);
    } else if (session.phase() != Phase.ACTIVATED) {
      session.send(new Activate());
    }
    return boot.outlook();
  }

  private void activate(BootSelection boot) throws Failure {
    try {
      boot.requireTargetInPassive();
    } catch (Failure e) {
      throw session.fail(e);
    }
    boot.requireRoomFor(session.passiveSlot());
    boot.requireWayBack();
    session.device().slots().forgetCheck(session.passiveSlot());
    boot.forgetEqualTarget();
    session.send(new Activate());
    boot.select(session.passiveSlot());
  }
}
