package io.kubesolo.update.agent.fuzz;

import io.kubesolo.update.agent.fuzz.DeviceLife.Choice;
import io.kubesolo.update.agent.fuzz.DeviceLife.InjectedFailure;
import io.kubesolo.update.agent.testkit.Shell;
import io.kubesolo.update.core.testing.tool.Tools;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.Transformer;

/** The state file keeps its promises, whatever happens to a device, in any order. */
class DeviceLifeProperties {
  private static final Path SAVED = Path.of("target", "counterexamples").toAbsolutePath();

  private static final LifecycleEngine SPRING = new SpringEngine();

  private final List<Path> directories = new ArrayList<>();

  @BeforeContainer
  static void forgetEarlierSearches() {
    Shell.run("rm", "-rf", SAVED.toString());
  }

  @Property(tries = 150)
  void aLifeByTheTableKeepsThePromises(@ForAll("livesByTheTable") ActionChain<DeviceLife> life) {
    life.run();
  }

  @Property(tries = 50)
  void aLifeBySpringKeepsThePromises(@ForAll("livesBySpring") ActionChain<DeviceLife> life) {
    life.run();
  }

  @Provide
  Arbitrary<ActionChain<DeviceLife>> livesByTheTable() {
    return lives(() -> new DeviceLife(
        directory(),
        new TableEngine(),
        SPRING,
        new Script(SAVED.resolve("life-by-the-table.jsonl"))));
  }

  @Provide
  Arbitrary<ActionChain<DeviceLife>> livesBySpring() {
    return lives(() -> new DeviceLife(
        directory(),
        new SpringEngine(),
        SPRING,
        new Script(SAVED.resolve("life-by-spring.jsonl"))));
  }

  private Path directory() {
    try {
      Path directory = Tools.directoryInMemory();
      directories.add(directory);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterTry
  void removeDirectories() {
    directories.forEach(directory -> Shell.run("rm", "-rf", directory.toString()));
    directories.clear();
  }

  private static Arbitrary<ActionChain<DeviceLife>> lives(Supplier<DeviceLife> start) {
    return ActionChain.startWith(start)
        .withAction(20, events(InjectedFailure.NONE, "send"))
        .withAction(4, events(InjectedFailure.FAULT, "send with a fault"))
        .withAction(4, events(InjectedFailure.DEATH, "die while sending"))
        .withAction(2, agents("reopen", DeviceLife::reopen))
        .withAction(1, just("reboot", DeviceLife::reboot))
        .withAction(1, just("the seed writes", DeviceLife::seedWrites))
        .withAction(1, numbers("another program writes", DeviceLife::anotherProgramWrites))
        .withAction(
            2,
            numbers(
                "the clock jumps by days", (life, days) -> life.jump(Duration.ofDays(days - 50L))))
        .withMaxTransformations(40);
  }

  /** An action on a life, which may fail. */
  private interface Step<T> {
    void happen(DeviceLife life, T value) throws IOException;
  }

  /** An action on a life without a value. */
  private interface Event {
    void happen(DeviceLife life) throws IOException;
  }

  private static <T> Action.Independent<DeviceLife> action(
      String name, Arbitrary<T> values, Step<T> step) {
    return () -> values.map(value -> Transformer.mutate(name + " " + value, life -> {
      try {
        step.happen(life, value);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }));
  }

  private static Action.Independent<DeviceLife> just(String name, Event event) {
    return action(name, Arbitraries.just(""), (life, nothing) -> event.happen(life));
  }

  private static Action.Independent<DeviceLife> agents(String name, Step<Integer> step) {
    return action(name, Arbitraries.of(0, 1), step);
  }

  private static Action.Independent<DeviceLife> numbers(String name, Step<Integer> step) {
    return action(name, Arbitraries.integers().between(0, 99), step);
  }

  /** An agent, an event, and the change of the disk at which a fault is injected. */
  private record Sending(int agent, Choice choice, int change) {}

  private static Action.Independent<DeviceLife> events(InjectedFailure injected, String name) {
    Arbitrary<Choice> choices = Combinators.combine(
            Arbitraries.integers().between(-5, 20),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 2),
            Arbitraries.of(false, false, true))
        .as(Choice::new);
    Arbitrary<Sending> sendings = Combinators.combine(
            Arbitraries.of(0, 1), choices, Arbitraries.integers().between(1, 12))
        .as(Sending::new);
    return action(
        name,
        sendings,
        (life, sending) ->
            life.send(sending.agent(), sending.choice(), injected, sending.change()));
  }
}
