package io.kubesolo.update.withoutspring;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import java.nio.file.Path;

/** An agent that asks whether there is an update, and finds none. */
public final class WithoutSpring {
  private WithoutSpring() {}

  /**
   * Runs the agent once.
   *
   * @param arguments the path of the state file
   */
  public static void main(String[] arguments) {
    StateFile file = StateFile.at(Path.of(arguments[0]));
    UpdateLifecycle.open(file, LifecycleSettings.DEFAULT, new TableEngine())
        .peek(WithoutSpring::check)
        .peekLeft(WithoutSpring::report);
  }

  private static void check(UpdateLifecycle opened) {
    try (UpdateLifecycle lifecycle = opened) {
      lifecycle
          .send(new Check())
          .peek(state -> System.out.println(state.phase()))
          .flatMap(state -> lifecycle.send(new NoUpdate()))
          .peek(state -> System.out.println(state.phase()))
          .peekLeft(WithoutSpring::report);
    }
  }

  private static void report(Rejection rejection) {
    System.err.println(rejection.message());
  }
}
