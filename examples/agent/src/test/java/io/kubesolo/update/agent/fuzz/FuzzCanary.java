package io.kubesolo.update.agent.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.vavr.control.Option;
import java.io.IOException;

/** Runs the fuzz target with an engine whose mistake only shows after four events. */
public final class FuzzCanary {
  /** Forgets why a version failed once it is rolled back. */
  private static final LifecycleEngine ENGINE =
      new MistakenEngine((before, next) -> next.phase() == Phase.ROLLED_BACK
          ? next.toBuilder().lastError(Option.none()).build()
          : next);

  private FuzzCanary() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(FuzzedDataProvider bytes) throws IOException {
    FuzzLife.live(bytes, ENGINE);
  }
}
