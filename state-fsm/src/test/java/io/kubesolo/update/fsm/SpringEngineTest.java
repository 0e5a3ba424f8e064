package io.kubesolo.update.fsm;

import static io.kubesolo.update.core.testing.SampleStates.CONTEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventContext;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.UpdateEvent.Check;
import io.kubesolo.update.core.UpdateEvent.Confirm;
import io.kubesolo.update.core.UpdateEvent.Download;
import io.kubesolo.update.core.UpdateEvent.NoUpdate;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.core.testing.InMemoryStateStore;
import io.kubesolo.update.core.testing.ManualClock;
import io.kubesolo.update.core.testing.SampleStates;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.config.EnableStateMachineFactory;
import org.springframework.statemachine.config.StateMachineFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class SpringEngineTest {
  private static final EventContext BEYOND_TIME = new EventContext(Instant.MAX, Option.none(), 3);

  private final SpringEngine engine = new SpringEngine();
  private final UpdateState idle = SampleStates.in(Phase.IDLE);

  @Test
  void runsAMachineOfSpringsOwnFactory() {
    try (AnnotationConfigApplicationContext application =
        new AnnotationConfigApplicationContext(FactoryConfig.class)) {
      SpringEngine ofFactory = new SpringEngine(machine(application));

      assertThat(ofFactory.table().edges()).isEqualTo(engine.table().edges());
      for (Phase phase : Phase.values()) {
        assertThat(answersAsTheTable(ofFactory, phase)).isTrue();
      }
    }
  }

  @SuppressWarnings("unchecked") // FactoryConfig's
  private static StateMachine<Phase, EventType> machine(ApplicationContext application) {
    return application.getBean(StateMachineFactory.class).getStateMachine();
  }

  /** How a Spring application uses the config. */
  @Configuration
  @EnableStateMachineFactory
  static class FactoryConfig extends LifecycleConfig {}

  @Test
  void deniesAnEventThatDidNotComeFromAnEngine() {
    StateMachine<Phase, EventType> machine = SpringEngine.build(new LifecycleConfig());
    machine.startReactively().block();

    machine
        .sendEvent(Mono.just(MessageBuilder.withPayload(EventType.CHECK).build()))
        .blockLast();

    assertThat(machine.getState().getId()).isEqualTo(Phase.IDLE);
  }

  @Test
  void rethrowsWhatAnActionThrows() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine.decide(idle, new Check(), BEYOND_TIME))
        .withMessage("started_at is outside the years 0000 to 9999");
  }

  @Test
  void rethrowsWhatAGuardThrows() {
    Fickle version = new Fickle();
    UpdateState state = version.failed();
    version.failure = new IllegalStateException("planted");

    assertThatThrownBy(() -> engine.decide(state, new Download("v3", "v1"), CONTEXT))
        .isSameAs(version.failure);
  }

  @Test
  void rethrowsAnErrorToo() {
    Fickle version = new Fickle();
    UpdateState state = version.failed();
    version.failure = new AssertionError("planted");

    assertThatThrownBy(() -> engine.decide(state, new Download("v3", "v1"), CONTEXT))
        .isSameAs(version.failure);
  }

  @Test
  void staysUsableAfterAFailure() {
    for (int i = 0; i < 300; i++) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> engine.decide(idle, new Check(), BEYOND_TIME));
    }

    assertThat(engine.decide(idle, new Check(), CONTEXT).get().phase()).isEqualTo(Phase.CHECKING);
    assertThat(engine.decide(idle, new Confirm(), CONTEXT).isLeft()).isTrue();
  }

  @Test
  void keepsNoStateBetweenCalls() {
    UpdateState checking = SampleStates.in(Phase.CHECKING);
    for (int i = 0; i < 1_000; i++) {
      assertThat(engine.decide(idle, new Check(), CONTEXT).get().phase()).isEqualTo(Phase.CHECKING);
      assertThat(engine.decide(idle, new NoUpdate(), CONTEXT).isLeft()).isTrue();
      assertThat(engine.decide(checking, new NoUpdate(), CONTEXT).get().phase())
          .isEqualTo(Phase.IDLE);
      assertThat(engine.decide(checking, new Download("v1", "v1"), CONTEXT).isLeft())
          .isTrue();
    }
  }

  @Test
  void answersManyThreadsAsItAnswersOne() throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<FutureTask<Boolean>> tasks = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      FutureTask<Boolean> task = new FutureTask<>(() -> {
        start.await();
        return Stream.generate(() -> phase)
            .limit(50)
            .allMatch(any -> answersAsTheTable(engine, any));
      });
      tasks.add(task);
      new Thread(task).start();
    }
    start.countDown();

    for (FutureTask<Boolean> task : tasks) {
      assertThat(task.get()).isTrue();
    }
  }

  @Test
  void runsOnAThreadOnWhichReactorForbidsToBlock() {
    Scheduler scheduler = Schedulers.newParallel("nonblocking");
    try {
      SpringEngine built =
          Mono.fromCallable(SpringEngine::new).subscribeOn(scheduler).toFuture().join();
      Boolean agrees = Mono.fromCallable(
              () -> Schedulers.isInNonBlockingThread() && answersAsTheTable(built, Phase.CHECKING))
          .subscribeOn(scheduler)
          .toFuture()
          .join();

      assertThat(agrees).isTrue();
    } finally {
      scheduler.dispose();
    }
  }

  @Test
  void rethrowsOnAThreadOnWhichReactorForbidsToBlock() {
    Scheduler scheduler = Schedulers.newParallel("nonblocking");
    try {
      assertThatThrownBy(
              () -> Mono.fromCallable(() -> engine.decide(idle, new Check(), BEYOND_TIME))
                  .subscribeOn(scheduler)
                  .toFuture()
                  .join())
          .hasRootCauseMessage("started_at is outside the years 0000 to 9999");
    } finally {
      scheduler.dispose();
    }
  }

  @Test
  void leavesNoThreadBehind() {
    Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
    ManualClock clock = new ManualClock();
    try (UpdateLifecycle lifecycle = UpdateLifecycle.open(
            new InMemoryStateStore(UpdateState.fresh(ManualClock.START)), TestSettings.with(clock))
        .get()) {
      for (int i = 0; i < 500; i++) {
        assertThat(lifecycle.send(new Check()).isRight()).isTrue();
        assertThat(lifecycle.send(new Confirm()).isLeft()).isTrue();
        assertThat(lifecycle.send(new NoUpdate()).isRight()).isTrue();
      }
    }

    Set<Thread> after = new HashSet<>(Thread.getAllStackTraces().keySet());
    assertThat(after.stream().map(Thread::getName))
        .noneMatch(name -> name.matches("(parallel|single|(loomB|b)oundedElastic|pool)-.*"));
    after.removeAll(before);
    assertThat(after).isEmpty();
  }

  @Test
  void aPendingEventKeepsWhatAGuardThrowsForTheEngine() {
    Edge wrong =
        new Edge(Phase.IDLE, EventType.CHECK, Phase.CHECKING, List.of(Guard.NEW_TARGET), List.of());
    PendingEvent pending = new PendingEvent(idle, new Check(), CONTEXT);

    assertThatThrownBy(() -> pending.passes(wrong)).isInstanceOf(ClassCastException.class);
    assertThatThrownBy(pending::next).isInstanceOf(ClassCastException.class);
  }

  static boolean answersAsTheTable(SpringEngine engine, Phase phase) {
    return Stream.of(EventType.values()).allMatch(type -> {
      Either<Rejection, UpdateState> expected =
          Engine.TABLE.get().decide(SampleStates.in(phase), SampleStates.event(type), CONTEXT);
      return engine
          .decide(SampleStates.in(phase), SampleStates.event(type), CONTEXT)
          .equals(expected);
    });
  }
}
