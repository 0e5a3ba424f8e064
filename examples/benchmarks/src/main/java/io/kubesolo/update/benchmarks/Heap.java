package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.vavr.control.Option;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

/** How much heap a lifecycle and a state hold on to, by what is left after a full collection. */
final class Heap {
  private static final int SAMPLES = 5;

  /** The serial collector closes every gap in one full collection of four; gaps count as used. */
  private static final int COLLECTIONS = 4;

  private Heap() {}

  static List<Result> measure() {
    List<Result> results = new ArrayList<>();
    TableEngine engine = new TableEngine();
    for (int count = 1; count <= 100_000; count *= 10) {
      String subject = Scaling.lifecycles(Integer.toString(count));
      results.add(each("heap", subject, count, () -> full(engine), Scaling.lifecycles("1")));
    }
    results.add(each(
        "heap",
        "one of 100 with a SpringEngine each",
        100,
        () -> full(new SpringEngine()),
        Scaling.lifecycles("1")));
    for (int updates : new int[] {0, 1, 2, Life.FILLING}) {
      int entries = Life.lifecycle(engine, updates).state().history().size();
      results.add(
          each("state", entries + " entries", 10_000, () -> state(engine, updates), "0 entries"));
    }
    return results;
  }

  private static UpdateLifecycle full(LifecycleEngine engine) {
    return Life.lifecycle(engine, Life.FILLING);
  }

  private static UpdateState state(TableEngine engine, int updates) {
    return Life.lifecycle(engine, updates).state();
  }

  private static Result each(
      String section, String subject, int count, Supplier<Object> maker, String baseline) {
    held(count, maker); // The first loads classes, which stay.
    double[] samples =
        DoubleStream.generate(() -> held(count, maker)).limit(SAMPLES).toArray();
    return Result.of(section, subject, "B", samples, Option.some(baseline));
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
}
