package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Either;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.runner.RunnerException;

/** How time and memory depend on the lifecycles in one process, and on the length of a history. */
public final class Scaling {
  private static final int SAMPLES = 5;

  /** The serial collector compacts the heap in every fourth full collection; gaps count as used. */
  private static final int COLLECTIONS = 4;

  private Scaling() {}

  static List<Result> measure() throws RunnerException {
    return Stream.of(
            Jmh.run(Lifecycles.class, 2, parameters -> lifecycles(parameters.getParam("count"))),
            Jmh.run(History.class, 2, parameters -> parameters.getParam("entries") + " entries"),
            heap())
        .flatMap(List::stream)
        .toList();
  }

  /** Measures the heap that a lifecycle and a state retain after a full collection. */
  private static List<Result> heap() {
    List<Result> results = new ArrayList<>();
    TableEngine table = new TableEngine();
    for (int count = 1; count <= 100_000; count *= 10) {
      String subject = lifecycles(Integer.toString(count));
      results.add(each("heap", subject, count, () -> Life.lifecycle(table, Life.FILLING)));
    }
    String own = "one of 100 with a SpringEngine each";
    results.add(each("heap", own, 100, () -> Life.lifecycle(new SpringEngine(), Life.FILLING)));
    for (int updates : new int[] {0, 1, 2, Life.FILLING}) {
      int entries = Life.lifecycle(table, updates).state().history().size();
      Supplier<Object> state = () -> Life.lifecycle(table, updates).state();
      results.add(each("state", entries + " entries", 10_000, state));
    }
    return results;
  }

  private static String lifecycles(String count) {
    return count.equals("1") ? "1 lifecycle" : count + " lifecycles";
  }

  private static Result each(String section, String subject, int count, Supplier<Object> maker) {
    held(count, maker); // The first run loads classes, which stay on the heap.
    double[] samples = DoubleStream.generate(() -> held(count, maker))
        .limit(Rounds.rounds(SAMPLES))
        .toArray();
    return Result.of(section, subject, "B", samples);
  }

  private static double held(int count, Supplier<Object> maker) {
    Object[] all = new Object[count];
    try {
      long before = used();
      Arrays.setAll(all, i -> maker.get());
      return (used() - before) / (double) count;
    } finally {
      Reference.reachabilityFence(all);
    }
  }

  private static long used() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** One event through one of many lifecycles, each with a store of its own in memory. */
  @State(Scope.Thread)
  public static class Lifecycles {
    /** How many share the process. */
    @Param({"1", "10", "100", "1000", "10000", "100000"})
    public int count = 1;

    private UpdateLifecycle[] all = {};
    private int turn;
    private int step;

    /** Makes the benchmark, for JMH. */
    public Lifecycles() {}

    /** Opens all, and fills their histories. */
    @Setup
    public void prepare() {
      TableEngine engine = new TableEngine();
      all = IntStream.range(0, count)
          .mapToObj(i -> Life.lifecycle(engine, Life.FILLING))
          .toArray(UpdateLifecycle[]::new);
    }

    /** {@return the state after the next step of an update, which each takes in turn} */
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

  /** One event that the history records, decided by the table after a shorter or longer history. */
  @State(Scope.Thread)
  public static class History {
    private final EventContext context = new EventContext(Instant.now(), Life.boot(), 3);

    /** How many entries the history has; the last number is the most it keeps. */
    @Param({"0", "5", "10", "20"})
    public int entries;

    private final TableEngine engine = new TableEngine();
    private final UpdateEvent stage = new UpdateEvent.Stage();
    private UpdateState downloading = UpdateState.fresh(context.now());

    /** Makes the benchmark, for JMH. */
    public History() {}

    /** Makes the state to start from. */
    @Setup
    public void prepare() {
      Walk.check(engine::decide);
      for (UpdateEvent event : Life.EVENTS.subList(0, 2)) {
        downloading = engine.decide(downloading, event, context).get();
      }
      HistoryEntry entry = downloading.history().get(0);
      downloading =
          downloading.toBuilder().history(Collections.nCopies(entries, entry)).build();
    }

    /** {@return the state after the target is staged} */
    @Benchmark
    public Either<Rejection, UpdateState> history() {
      return engine.decide(downloading, stage, context);
    }
  }
}
