package io.kubesolo.update.quickstart;

import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Activate;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import java.nio.file.Path;
import java.util.List;

/**
 * Updates a device from v1.0 to v1.1. Runs once before the reboot and once after it. Does not
 * resume an update that was interrupted.
 */
public final class Quickstart {
  private Quickstart() {}

  /**
   * Runs the agent once.
   *
   * @param arguments the path of the state file, and the version that runs now
   */
  public static void main(String[] arguments) {
    UpdateLifecycle.open(StateFile.at(Path.of(arguments[0])))
        .peek(lifecycle -> update(lifecycle, arguments[1]))
        .peekLeft(Quickstart::report);
  }

  private static void update(UpdateLifecycle opened, String running) {
    try (UpdateLifecycle lifecycle = opened) {
      if (lifecycle.reconcile(running).refusal().peek(Quickstart::report).isDefined()) {
        return;
      }
      List<UpdateEvent> events = lifecycle.state().phase() == Phase.VERIFYING
          ? List.of(new Confirm())
          : List.of(new Check(), new Download("v1.1", running), new Stage(), new Activate());
      for (UpdateEvent event : events) {
        Either<Rejection, UpdateState> answer = lifecycle.send(event);
        if (answer.isLeft()) {
          report(answer.getLeft());
          return;
        }
        System.out.println(answer.get().phase() + " is durable: do the work of this phase now");
      }
    }
  }

  private static void report(Rejection rejection) {
    System.err.println(rejection.message());
  }
}
