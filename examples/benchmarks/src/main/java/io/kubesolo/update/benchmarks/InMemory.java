package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.runner.RunnerException;

/**
 * One event without a disk, decided by each contender. Before each measurement the contender is
 * asked everything, so that its answers are known to be right, and the JVM has seen every edge.
 */
@State(Scope.Thread)
public class InMemory {
  private static final int FORKS = 3;
  private final EventContext context = new EventContext(Instant.now(), Life.boot(), 3);

  /** What decides. */
  @Param
  public Contenders contender = Contenders.TABLE;

  private Contender engine = Contenders.TABLE.make();
  private final UpdateEvent download = new Download("v1.1", "v1.0");
  private final UpdateEvent stage = new Stage();
  private UpdateState idle = UpdateState.fresh(context.now());
  private UpdateState failed = idle;

  /** Makes the contender, checks its answers, and fills the history of the states to start from. */
  @Setup
  public void prepare() {
    engine = contender.make();
    Walk.check(engine, 2);
    for (int i = 0; i < Life.FILLING; i++) {
      idle = live(idle);
    }
    failed = idle;
    for (int i = 0; i < 3; i++) {
      failed = take(take(failed, download), new Fail("no route to host"));
    }
  }

  /**
   * A whole update, from check to acknowledge: seven accepted events of seven types.
   *
   * @return the state after it
   */
  @Benchmark
  @OperationsPerInvocation(Life.LENGTH)
  public UpdateState accepted() {
    return live(idle);
  }

  /**
   * An event that has no edge.
   *
   * @return the rejection
   */
  @Benchmark
  public Either<Rejection, UpdateState> illegal() {
    return engine.decide(failed, stage, context);
  }

  /**
   * A download whose attempts are used up: two guards say yes, and the third no.
   *
   * @return the rejection
   */
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

  /**
   * Runs the benchmarks.
   *
   * @param arguments the results file
   * @throws RunnerException if a benchmark fails
   * @throws IOException if the file cannot be written
   */
  public static void main(String[] arguments) throws RunnerException, IOException {
    Result.write(
        Path.of(arguments[0]),
        Jmh.run(
            InMemory.class,
            FORKS,
            parameters -> Contenders.valueOf(parameters.getParam("contender")).title(),
            Contenders.SWITCH.title()));
  }
}
