package io.kubesolo.update.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One way to make a small record durable, again and again. For use by one thread. */
interface DurableContender extends Closeable {
  /** What it is called in tables. */
  String title();

  /**
   * Makes new records durable, one after the other.
   *
   * @param times how many
   * @return how many nanoseconds each took
   */
  long[] run(int times) throws IOException;

  /** One record, in a process that is warm. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  /** Runs a step again and again, each timed. */
  static long[] timed(int times, Step step) throws IOException {
    long[] nanos = new long[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      step.run();
      nanos[i] = System.nanoTime() - start;
    }
    return nanos;
  }

  /** All that are compared, in one directory; the first is what the others are held against. */
  static List<DurableContender> all(Path program, Path folder) throws IOException {
    return List.of(
        new DurableC(program, folder),
        new DurableJava(folder),
        DurableLifecycle.onTable(folder),
        DurableLifecycle.onSpring(folder),
        new DurableSqlite(folder, "WAL"),
        new DurableSqlite(folder, "DELETE"));
  }
}
