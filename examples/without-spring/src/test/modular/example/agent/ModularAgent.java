package example.agent;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.kubesolo.update.persist.StateJson;
import io.vavr.control.Either;
import java.nio.file.Path;

/** Sends an event that is accepted and one that is not, and says from which modules it does. */
public final class ModularAgent {
  private ModularAgent() {}

  public static void main(String[] arguments) {
    StateFile file = StateFile.at(Path.of(arguments[0]));
    try (UpdateLifecycle lifecycle =
        UpdateLifecycle.open(file, LifecycleSettings.DEFAULT, new TableEngine()).get()) {
      Either<Rejection, UpdateState> checked = lifecycle.send(new Check());
      Either<Rejection, UpdateState> staged = lifecycle.send(new Stage());
      System.out.println(checked.get().phase());
      System.out.println(StateJson.of(staged.getLeft()));
    }
    for (Class<?> type : new Class<?>[] {
      ModularAgent.class, UpdateState.class, UpdateLifecycle.class, StateFile.class, Either.class
    }) {
      System.out.println(type.getModule().getName());
    }
    System.out.println(ModuleLayer.boot().findModule("java.sql").isPresent());
  }
}
