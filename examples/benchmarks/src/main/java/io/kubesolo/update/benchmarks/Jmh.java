package io.kubesolo.update.benchmarks;

import java.util.List;
import java.util.Objects;
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
 * Runs the benchmarks of a class by JMH, with its profiler of allocations, in JVMs whose young
 * generation holds what they allocate. The results are nanoseconds and bytes per operation; a
 * sample is one iteration. Each method is a section.
 */
final class Jmh {
  private static final TimeValue ITERATION = TimeValue.milliseconds(Rounds.QUICK ? 20 : 500);

  private Jmh() {}

  /** Runs all benchmarks of a class, whose parameters the function translates to a subject. */
  static List<Result> run(Class<?> benchmarks, int forks, Function<BenchmarkParams, String> subject)
      throws RunnerException {
    Options options = new OptionsBuilder()
        .include(benchmarks.getCanonicalName() + "\\.")
        .mode(Mode.AverageTime)
        .timeUnit(TimeUnit.NANOSECONDS)
        .forks(Rounds.QUICK ? 1 : forks)
        .warmupIterations(Rounds.QUICK ? 1 : 3)
        .warmupTime(ITERATION)
        .measurementIterations(Rounds.rounds(5))
        .measurementTime(ITERATION)
        .jvmArgsAppend("-Xms3g", "-Xmn2g")
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true)
        .build();
    return new Runner(options)
        .run().stream()
            .flatMap(run -> Stream.of(
                result(run, subject, "ns", each -> each.getPrimaryResult().getScore()),
                result(run, subject, "B", Jmh::allocated)))
            .toList();
  }

  private static double allocated(IterationResult iteration) {
    String key = "gc.alloc.rate.norm";
    return Objects.requireNonNull(iteration.getSecondaryResults().get(key), key).getScore();
  }

  private static Result result(
      RunResult run,
      Function<BenchmarkParams, String> subject,
      String unit,
      ToDoubleFunction<IterationResult> value) {
    double[] samples = run.getBenchmarkResults().stream()
        .flatMap(fork -> fork.getIterationResults().stream())
        .mapToDouble(value)
        .toArray();
    BenchmarkParams params = run.getParams();
    String section = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
    return Result.of(section, subject.apply(params), unit, samples);
  }
}
