package io.kubesolo.update.agent.build;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/** A sample of each kind of lambda and method reference, called once. */
@SuppressWarnings({"ReturnValueIgnored", "UnnecessaryLambda", "UnnecessaryMethodReference"})
public final class LambdaSamples extends ArrayList<String> implements Supplier<List<Object>> {
  private static final long serialVersionUID = 1;

  private final String own = "own";

  private interface Named {
    String name();

    private String greeting() {
      return "hello " + name();
    }

    default Supplier<String> greeter() {
      return this::greeting;
    }

    static Named of(String name) {
      return () -> name;
    }

    static Supplier<Named> someone() {
      return () -> of("someone");
    }
  }

  private record Pair(long left, double right) {}

  @FunctionalInterface
  private interface Maker {
    Pair make(long left, double right);
  }

  private static final class Nested {
    private static String twice(String text) {
      return text + text;
    }

    private UnaryOperator<String> twice() {
      return Nested::twice;
    }
  }

  private static String joined(String... parts) {
    return String.join("+", parts);
  }

  private String withOwn(String text) {
    return own + text;
  }

  @Override
  public String toString() {
    Supplier<String> above = super::toString;
    return "samples" + above.get();
  }

  @Override
  public List<Object> get() {
    List<Object> results = new ArrayList<>();
    byte small = 7;
    short medium = 300;
    long wide = 1L << 40;
    double fraction = 0.5;
    boolean yes = true;
    Supplier<String> constant = () -> "constant";
    Callable<Object> captured = () -> own + small + medium + wide + fraction + yes + results.size();
    Runnable discards = () -> results.add("added");
    Runnable discardsLong = Long.valueOf(wide)::longValue;
    Function<String, Integer> boxes = String::length;
    ToLongFunction<Integer> unboxesAndWidens = Integer::intValue;
    ToLongFunction<Integer> widens = number -> number;
    IntFunction<List<String>> constructs = ArrayList::new;
    BiFunction<String, String, String> varargs = LambdaSamples::joined;
    IntFunction<String[]> array = String[]::new;
    Maker maker = Pair::new;
    LongSupplier bound = Integer.valueOf(5)::longValue;
    DoubleUnaryOperator negates = number -> -number;
    UnaryOperator<String> instance = this::withOwn;
    Function<LambdaSamples, String> unbound = LambdaSamples::toString;
    Comparable<String> interfaceMethod = "b"::compareTo;
    results.add(constant.get());
    results.add(called(captured));
    discards.run();
    discardsLong.run();
    results.add(boxes.apply("four"));
    results.add(unboxesAndWidens.applyAsLong(4));
    results.add(widens.applyAsLong(5));
    results.add(constructs.apply(3));
    results.add(varargs.apply("a", "b"));
    results.add(array.apply(2).length);
    results.add(maker.make(wide, fraction));
    results.add(bound.getAsLong());
    results.add(negates.applyAsDouble(fraction));
    results.add(instance.apply("ed"));
    results.add(unbound.apply(this));
    results.add(interfaceMethod.compareTo("a"));
    results.add(Named.of("you").greeter().get());
    results.add(Named.someone().get().name());
    results.add(new Nested().twice().apply("x"));
    return results;
  }

  private static Object called(Callable<Object> callable) {
    try {
      return callable.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
