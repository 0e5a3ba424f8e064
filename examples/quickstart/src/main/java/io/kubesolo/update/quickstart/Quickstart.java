package io.kubesolo.update.quickstart;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import java.nio.file.Path;

/** An agent that reconciles, takes a version on, and fails to get it. */
public final class Quickstart {
  private Quickstart() {}

  /**
   * Runs the agent once.
   *
   * @param arguments the path of the state file
   */
  public static void main(String[] arguments) {
    StateFile file = StateFile.at(Path.of(arguments[0]));
    UpdateLifecycle.open(file).peek(Quickstart::update).peekLeft(Quickstart::report);
  }

  private static void update(UpdateLifecycle opened) {
    try (UpdateLifecycle lifecycle = opened) {
      lifecycle.reconcile("v1.0").refusal().forEach(Quickstart::report);
      lifecycle
          .send(new Check())
          .peek(Quickstart::act)
          .flatMap(state -> lifecycle.send(new Download("v1.1", "v1.0")))
          .peek(Quickstart::act)
          .flatMap(state -> lifecycle.send(new Fail("no route to host")))
          .peek(Quickstart::act)
          .peekLeft(Quickstart::report);
    }
  }

  private static void act(UpdateState state) {
    System.out.println(state.phase() + " is durable: do the work of this phase now");
  }

  private static void report(Rejection rejection) {
    System.err.println(rejection.message());
  }
}
