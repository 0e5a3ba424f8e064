package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.time.Instant;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One event without a disk, decided by each contender. Before each measurement the contender walks
 * all reachable states, which checks its answers and lets the JVM profile every edge.
 */
@State(Scope.Thread)
public class InMemory {
  private final EventContext context = new EventContext(Instant.now(), Life.boot(), 3);

  /** What decides. */
  @Param
  public Contender contender = Contender.TABLE;

  private Contender.Decider engine = Contender.TABLE.make();
  private final UpdateEvent download = new Download("v1.1", "v1.0");
  private final UpdateEvent stage = new Stage();
  private UpdateState idle = UpdateState.fresh(context.now());
  private UpdateState failed = idle;

  /** Makes the benchmark, for JMH. */
  public InMemory() {}

  /** Makes the contender, checks its answers, and fills the history of the states to start from. */
  @Setup
  public void prepare() {
    engine = contender.make();
    Walk.check(engine);
    for (int i = 0; i < Life.FILLING; i++) {
      idle = live(idle);
    }
    failed = idle;
    for (int i = 0; i < 3; i++) {
      failed = take(take(failed, download), new Fail("no route to host"));
    }
  }

  /** {@return the state after a whole update: seven accepted events of seven types} */
  @Benchmark
  @OperationsPerInvocation(Life.LENGTH)
  public UpdateState accepted() {
    return live(idle);
  }

  /** {@return the rejection of an event that has no edge} */
  @Benchmark
  public Either<Rejection, UpdateState> illegal() {
    return engine.decide(failed, stage, context);
  }

  /** {@return the rejection of a download by the third guard, after two that hold} */
  @Benchmark
  public Either<Rejection, UpdateState> denied() {
    return engine.decide(failed, download, context);
  }

  private UpdateState live(UpdateState start) {
    UpdateState state = start;
    for (UpdateEvent event : Life.EVENTS) {
      state = take(state, event);
    }
    return state;
  }

  private UpdateState take(UpdateState state, UpdateEvent event) {
    return engine.decide(state, event, context).get();
  }
}
