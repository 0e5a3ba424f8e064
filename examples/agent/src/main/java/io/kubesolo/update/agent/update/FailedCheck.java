package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection.GuardDenied;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Download;
import java.util.List;

/** The failure of a check, which is acknowledged once the server answers. */
final class FailedCheck {
  private final UpdateSession session;

  FailedCheck(UpdateSession session) {
    this.session = session;
  }

  /**
   * Acknowledges the failure of a check after the server has answered validly. It does not if the
   * attempts at the offered version are used up, because this is the failure.
   */
  void acknowledgeUnlessUsedUp(String offered) throws Failure {
    if (isPresent() && !isUsedUp(offered)) {
      session.send(new Acknowledge());
    }
  }

  private boolean isPresent() {
    List<HistoryEntry> history = session.state().history();
    if (session.phase() != Phase.FAILED || history.isEmpty()) {
      return false;
    }
    HistoryEntry last = history.get(history.size() - 1);
    return last.event().equals(EventType.FAIL.wireName())
        && last.from().equals(Phase.CHECKING.wireName());
  }

  private boolean isUsedUp(String offered) {
    return session
        .lifecycle()
        .explain(new Download(offered, session.version()))
        .swap()
        .exists(rejection -> rejection instanceof GuardDenied denied
            && denied.guards().contains(Guard.ATTEMPTS_LEFT));
  }
}
