package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.TableEngine;
import io.vavr.control.Either;
import java.time.Instant;
import java.util.Collections;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One event that the history remembers, decided by the table after a shorter or longer history. */
@State(Scope.Thread)
public class History {
  private final EventContext context = new EventContext(Instant.now(), Life.boot(), 3);

  /** How many entries the history has; the last number is the most it keeps. */
  @Param({"0", "5", "10", "20"})
  public int entries;

  private final TableEngine engine = new TableEngine();
  private final UpdateEvent stage = new Stage();
  private UpdateState downloading = UpdateState.fresh(context.now());

  /** Makes the state to start from. */
  @Setup
  public void prepare() {
    Walk.check(engine::decide, 2);
    for (UpdateEvent event : Life.EVENTS.subList(0, 2)) {
      downloading = engine.decide(downloading, event, context).get();
    }
    HistoryEntry entry = downloading.history().get(0);
    downloading =
        downloading.toBuilder().history(Collections.nCopies(entries, entry)).build();
  }

  /**
   * The target is staged.
   *
   * @return the state after it
   */
  @Benchmark
  public Either<Rejection, UpdateState> history() {
    return engine.decide(downloading, stage, context);
  }
}
