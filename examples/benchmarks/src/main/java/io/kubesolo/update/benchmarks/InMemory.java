package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateEvent.Acknowledge;
import io.kubesolo.update.core.UpdateEvent.Activate;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.Fail;
import io.kubesolo.update.core.UpdateEvent.Stage;
import io.kubesolo.update.core.UpdateEvent.Verify;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.RunnerException;

/**
 * One event without a disk, decided by each contender. Before each measurement the contender is
 * asked everything, so that its answers are known to be right, and the JVM has seen every edge.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class InMemory {
  private static final int LIFE = 7;
  private static final EventContext CONTEXT = new EventContext(
      Instant.parse("2026-01-02T03:04:05.123456789Z"),
      Option.some(new Boot("9f2f2c52-6d0c-4b0c-8f0e-3d9a5d3a1f10", Duration.ofMinutes(5))),
      3);

  /** What decides. */
  @Param
  public Contenders contender = Contenders.TABLE;

  private Contender engine = Contenders.TABLE.make();
  private final UpdateEvent[] life = {
    new Check(),
    new Download("v1.1", "v1.0"),
    new Stage(),
    new Activate(),
    new Verify("v1.1"),
    new Confirm(),
    new Acknowledge()
  };
  private UpdateState idle = UpdateState.fresh(CONTEXT.now());
  private UpdateState failed = idle;

  /** Makes the contender, checks its answers, and fills the history of the states to start from. */
  @Setup
  public void prepare() {
    engine = contender.make();
    Walk.check(engine, 2);
    for (int i = 0; i < 4; i++) {
      idle = live(idle);
    }
    failed = idle;
    for (int i = 0; i < 3; i++) {
      failed = take(take(failed, life[1]), new Fail("no route to host"));
    }
  }

  /**
   * A whole update, from check to acknowledge: seven accepted events of seven types.
   *
   * @return the state after it
   */
  @Benchmark
  @OperationsPerInvocation(LIFE)
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
    return engine.decide(failed, life[2], CONTEXT);
  }

  /**
   * A download whose attempts are used up: two guards say yes, and the third no.
   *
   * @return the rejection
   */
  @Benchmark
  public Either<Rejection, UpdateState> denied() {
    return engine.decide(failed, life[1], CONTEXT);
  }

  private UpdateState live(UpdateState start) {
    UpdateState state = start;
    for (UpdateEvent event : life) {
      state = take(state, event);
    }
    return state;
  }

  private UpdateState take(UpdateState state, UpdateEvent event) {
    return engine.decide(state, event, CONTEXT).get();
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
            parameters -> Contenders.valueOf(parameters.getParam("contender")).title(),
            Contenders.SWITCH.title()));
  }
}
