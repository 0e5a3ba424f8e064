package io.kubesolo.update.fsm;

import static io.kubesolo.update.fsm.Sample.CONTEXT;
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
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.config.StateMachineBuilder;
import org.springframework.statemachine.transition.Transition;
import org.springframework.statemachine.transition.TransitionKind;

class SpringEngineTest {
  private static final EventContext BEYOND_TIME = new EventContext(Instant.MAX, Option.none(), 3);

  private final SpringEngine engine = new SpringEngine();
  private final UpdateState idle = Sample.in(Phase.IDLE);

  @Test
  void buildsExactlyTheDeclaredTransitions() throws Exception {
    LifecycleConfig config = new LifecycleConfig();
    StateMachine<Phase, EventType> machine = built(config);

    assertThat(machine.getTransitions().stream().map(SpringEngineTest::inWords))
        .containsExactlyInAnyOrderElementsOf(
            config.edges().stream().map(SpringEngineTest::inWords).toList())
        .doesNotHaveDuplicates();
    assertThat(machine.getTransitions()).allSatisfy(transition -> {
      assertThat(transition.getKind()).isEqualTo(TransitionKind.EXTERNAL);
      assertThat(transition.getGuard()).isNotNull();
      assertThat(transition.getActions()).hasSize(1);
    });
  }

  @Test
  void buildsTheNinePhasesAndStartsIdle() throws Exception {
    StateMachine<Phase, EventType> machine = built(new LifecycleConfig());

    assertThat(machine.getStates().stream().map(state -> state.getId()))
        .containsExactlyInAnyOrder(Phase.values());
    assertThat(machine.getInitialState().getId()).isEqualTo(Phase.IDLE);
    assertThat(machine.getStates()).allSatisfy(state -> {
      assertThat(state.isSimple()).isTrue();
      assertThat(state.getEntryActions()).isEmpty();
      assertThat(state.getExitActions()).isEmpty();
      assertThat(state.getStateActions()).isEmpty();
    });
  }

  @Test
  void surfacesWhatAnActionThrows() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> engine.decide(idle, new Check(), BEYOND_TIME))
        .withMessage("started_at is outside the years 0000 to 9999");
  }

  @Test
  void surfacesWhatAGuardThrows() {
    Fickle version = new Fickle();
    UpdateState state = version.failed();
    version.failure = new IllegalStateException("planted");

    assertThatThrownBy(() -> engine.decide(state, new Download("v3", "v1"), CONTEXT))
        .isSameAs(version.failure);
  }

  @Test
  void surfacesAnErrorToo() {
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
  void remembersNothingBetweenCalls() {
    UpdateState checking = Sample.in(Phase.CHECKING);
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
        return Stream.generate(() -> phase).limit(50).allMatch(this::answersAsTheTable);
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
  void leavesNoThreadBehind() {
    Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
    World world = new World();
    try (UpdateLifecycle lifecycle = UpdateLifecycle.open(
            new MemoryStore(UpdateState.fresh(World.START)), world.settings())
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
  void anAttemptKeepsWhatAGuardThrewForTheEngine() {
    Edge wrong =
        new Edge(Phase.IDLE, EventType.CHECK, Phase.CHECKING, List.of(Guard.NEW_TARGET), List.of());
    Attempt attempt = new Attempt(idle, new Check(), CONTEXT);

    assertThatThrownBy(() -> attempt.passes(wrong)).isInstanceOf(ClassCastException.class);
    assertThatThrownBy(attempt::next).isInstanceOf(ClassCastException.class);
  }

  private boolean answersAsTheTable(Phase phase) {
    return Stream.of(EventType.values()).allMatch(type -> {
      Either<Rejection, UpdateState> expected =
          Engine.TABLE.get().decide(Sample.in(phase), Sample.event(type), CONTEXT);
      return engine.decide(Sample.in(phase), Sample.event(type), CONTEXT).equals(expected);
    });
  }

  private static StateMachine<Phase, EventType> built(LifecycleConfig config) throws Exception {
    StateMachineBuilder.Builder<Phase, EventType> builder = StateMachineBuilder.builder();
    config.configure(builder.configureStates());
    config.configure(builder.configureTransitions());
    return builder.build();
  }

  private static String inWords(Transition<Phase, EventType> transition) {
    return transition.getSource().getId() + " " + transition.getTrigger().getEvent() + " "
        + transition.getTarget().getId();
  }

  private static String inWords(Edge edge) {
    return edge.from() + " " + edge.event() + " " + edge.to();
  }
}
