package io.kubesolo.update.quickstart;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
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
    try (UpdateLifecycle lifecycle = UpdateLifecycle.open(file).getOrElseThrow(Quickstart::stop)) {
      lifecycle.reconcile("v1.0").refusal().forEach(Quickstart::report);
      send(lifecycle, new Check());
      send(lifecycle, new Download("v1.1", "v1.0"));
      send(lifecycle, new Fail("no route to host"));
    }
  }

  private static void send(UpdateLifecycle lifecycle, UpdateEvent event) {
    Either<Rejection, UpdateState> answer = lifecycle.send(event);
    answer.peek(state -> System.out.println(event.type() + " is durable: " + state.phase()));
    answer.peekLeft(Quickstart::report);
  }

  private static void report(Rejection rejection) {
    System.err.println(rejection.message());
  }

  private static IllegalStateException stop(Rejection rejection) {
    return new IllegalStateException(rejection.message());
  }
}
