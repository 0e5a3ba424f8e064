package io.kubesolo.update.benchmarks;

import io.vavr.control.Option;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs JMH with its profiler of allocations, and sums up what it measured. */
final class Jmh {
  private Jmh() {}

  /**
   * Runs the benchmarks of a class. Each of its methods is a section.
   *
   * @param subject names what was measured by the parameters of a run
   * @param baseline the subject that ratios are taken against
   * @return nanoseconds and bytes an operation; a sample is one iteration
   */
  static List<Result> run(
      Class<?> benchmarks, Function<BenchmarkParams, String> subject, String baseline)
      throws RunnerException {
    Options options = new OptionsBuilder()
        .include(benchmarks.getName() + "\\.")
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true)
        .build();
    return new Runner(options)
        .run().stream()
            .flatMap(run -> Stream.of(
                result(
                    run,
                    subject,
                    "ns",
                    iteration -> iteration.getPrimaryResult().getScore(),
                    baseline),
                result(run, subject, "B", iteration -> bytes(iteration), baseline)))
            .toList();
  }

  private static double bytes(IterationResult iteration) {
    return Option.of(iteration.getSecondaryResults().get("gc.alloc.rate.norm"))
        .getOrElseThrow(() -> new IllegalStateException("JMH's profiler tells no allocations"))
        .getScore();
  }

  private static Result result(
      RunResult run,
      Function<BenchmarkParams, String> subject,
      String unit,
      ToDoubleFunction<IterationResult> value,
      String baseline) {
    double[] samples = run.getBenchmarkResults().stream()
        .flatMap(fork -> fork.getIterationResults().stream())
        .mapToDouble(value)
        .toArray();
    String method = run.getParams().getBenchmark();
    return Result.of(
        method.substring(method.lastIndexOf('.') + 1),
        subject.apply(run.getParams()),
        unit,
        samples,
        Option.some(baseline));
  }
}
