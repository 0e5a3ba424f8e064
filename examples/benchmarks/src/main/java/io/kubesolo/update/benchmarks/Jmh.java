package io.kubesolo.update.benchmarks;

import io.vavr.control.Option;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks of a class by JMH, in JVMs whose young generation holds what they make, with its profiler of allocations: nanoseconds and bytes an
 * operation, of which a sample is one iteration. Each method is a section.
 */
final class Jmh {
  private static final TimeValue ITERATION = TimeValue.milliseconds(500);

  private final Function<BenchmarkParams, String> subject;
  private final String baseline;

  private Jmh(Function<BenchmarkParams, String> subject, String baseline) {
    this.subject = subject;
    this.baseline = baseline;
  }

  /**
   * Runs them all.
   *
   * @param forks how many JVMs each is measured in
   * @param subject names what was measured by its parameters
   * @param baseline the subject that ratios are taken against
   */
  static List<Result> run(
      Class<?> benchmarks, int forks, Function<BenchmarkParams, String> subject, String baseline)
      throws RunnerException {
    Options options = new OptionsBuilder()
        .include(benchmarks.getName() + "\\.")
        .mode(Mode.AverageTime)
        .timeUnit(TimeUnit.NANOSECONDS)
        .forks(forks)
        .warmupIterations(3)
        .warmupTime(ITERATION)
        .measurementIterations(5)
        .measurementTime(ITERATION)
        .jvmArgsAppend("-Xms3g", "-Xmn2g")
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true)
        .build();
    Jmh jmh = new Jmh(subject, baseline);
    return new Runner(options).run().stream().flatMap(jmh::results).toList();
  }

  private Stream<Result> results(RunResult run) {
    return Stream.of(
        result(run, "ns", iteration -> iteration.getPrimaryResult().getScore()),
        result(run, "B", Jmh::allocated));
  }

  private static double allocated(IterationResult iteration) {
    return Option.of(iteration.getSecondaryResults().get("gc.alloc.rate.norm"))
        .getOrElseThrow(() -> new IllegalStateException("JMH's profiler tells no allocations"))
        .getScore();
  }

  private Result result(RunResult run, String unit, ToDoubleFunction<IterationResult> value) {
    double[] samples = run.getBenchmarkResults().stream()
        .flatMap(fork -> fork.getIterationResults().stream())
        .mapToDouble(value)
        .toArray();
    BenchmarkParams params = run.getParams();
    String section = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
    return Result.of(section, subject.apply(params), unit, samples, Option.some(baseline));
  }
}
