package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One event through one of many lifecycles, each with a store of its own in memory. */
@State(Scope.Thread)
public class Lifecycles {
  /** How many share the process. */
  @Param({"1", "10", "100", "1000", "10000", "100000"})
  public int count = 1;

  private UpdateLifecycle[] all = {};
  private int turn;
  private int step;

  /** Opens all, and fills their histories. */
  @Setup
  public void prepare() {
    TableEngine engine = new TableEngine();
    all = IntStream.range(0, count)
        .mapToObj(i -> Life.lifecycle(engine, Life.FILLING))
        .toArray(UpdateLifecycle[]::new);
  }

  /**
   * Each in turn takes the next step of an update.
   *
   * @return the state after it
   */
  @Benchmark
  public Either<Rejection, UpdateState> lifecycles() {
    Either<Rejection, UpdateState> answer = all[turn].send(Life.EVENTS.get(step));
    turn++;
    if (turn == count) {
      turn = 0;
      step = (step + 1) % Life.LENGTH;
    }
    return answer;
  }
}
