package io.kubesolo.update.agent.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.TransitionTable;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;

/** Lives by an engine with a mistake that shows only four events deep, for the fuzzer to find. */
public final class FuzzCanary {
  private static final LifecycleEngine ENGINE = new Mistaken();

  private FuzzCanary() {}

  /** One input. */
  public static void fuzzerTestOneInput(FuzzedDataProvider bytes) throws IOException {
    FuzzLife.live(bytes, ENGINE);
  }

  /** Forgets why a version failed once it is rolled back. */
  private static final class Mistaken implements LifecycleEngine {
    private final LifecycleEngine engine = new TableEngine();

    @Override
    public TransitionTable table() {
      return engine.table();
    }

    @Override
    public Either<Rejection, UpdateState> decide(
        UpdateState state, UpdateEvent event, EventContext context) {
      return engine
          .decide(state, event, context)
          .map(next -> next.phase() == Phase.ROLLED_BACK ? withoutError(next) : next);
    }

    private static UpdateState withoutError(UpdateState state) {
      return state.toBuilder().lastError(Option.none()).build();
    }
  }
}
