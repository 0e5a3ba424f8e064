package io.kubesolo.update.fsm;

import static io.kubesolo.update.core.EventType.STAGE;
import static io.kubesolo.update.core.Phase.IDLE;
import static io.kubesolo.update.core.Phase.STAGED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubesolo.update.core.Action;
import io.kubesolo.update.core.Edge;
import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Guard;
import io.kubesolo.update.core.Phase;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.config.builders.StateMachineStateConfigurer;
import org.springframework.statemachine.config.builders.StateMachineTransitionConfigurer;

class MachineModelTest {
  private static final EdgeRule RULE = EdgeRule.when(Guard.NEW_TARGET).then(Action.TAKE_TARGET);

  /** Declares transitions in addition to the real ones. */
  @FunctionalInterface
  interface Declaration {
    void declare(StateMachineTransitionConfigurer<Phase, EventType> transitions) throws Exception;
  }

  @Test
  void readsStatesAndInitialPhase() {
    MachineModel model = MachineModel.declared();

    assertThat(model.phases()).containsExactlyInAnyOrder(Phase.values());
    assertThat(model.initial()).isEqualTo(IDLE);
  }

  @Test
  void aStateHasNoActionsOfItsOwn() {
    StateMachine<Phase, EventType> machine = SpringEngine.build(new LifecycleConfig());

    assertThat(machine.getStates()).allSatisfy(state -> {
      assertThat(state.isSimple()).isTrue();
      assertThat(state.getEntryActions()).isEmpty();
      assertThat(state.getExitActions()).isEmpty();
      assertThat(state.getStateActions()).isEmpty();
    });
  }

  @Test
  void readsAnEdgeFromTheBuiltMachine() {
    Edge edge =
        new Edge(IDLE, STAGE, STAGED, List.of(Guard.NEW_TARGET), List.of(Action.TAKE_TARGET));
    List<Edge> expected = new ArrayList<>(MachineModel.declared().edges());
    expected.add(edge);

    assertThat(with(transitions -> transitions
                .withExternal()
                .source(IDLE)
                .target(STAGED)
                .event(STAGE)
                .guard(RULE)
                .actionFunction(RULE))
            .edges())
        .isEqualTo(expected);
  }

  /** Shows why all constants of the enum have to be states of the config. */
  @Test
  void lacksTheEdgesOfAnUndeclaredStateBecauseSpringDropsThem() {
    List<Edge> expected = new ArrayList<>(MachineModel.declared().edges());
    expected.removeIf(edge -> edge.from() == STAGED || edge.to() == STAGED);

    MachineModel model = MachineModel.of(SpringEngine.build(new LifecycleConfig() {
      @Override
      public void configure(StateMachineStateConfigurer<Phase, EventType> states) throws Exception {
        states.withStates().initial(IDLE).states(EnumSet.complementOf(EnumSet.of(STAGED)));
      }
    }));

    assertThat(model.phases()).doesNotContain(STAGED);
    assertThat(Difference.between(model.edges(), expected)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void rejectsATransitionWithoutOneRule(Declaration mistake) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> with(mistake))
        .withMessage(
            "the transition from idle to staged is not external, has no event, or lacks one"
                + " rule that is both its guard and its action function");
  }

  static Stream<Declaration> mistakes() {
    EdgeRule other = EdgeRule.when(Guard.SUPERSEDES).then(Action.TAKE_TARGET);
    return Stream.of(
        to -> to.withExternal().source(IDLE).target(STAGED).event(STAGE),
        to -> to.withExternal().source(IDLE).target(STAGED).event(STAGE).guard(RULE),
        to -> to.withExternal().source(IDLE).target(STAGED).event(STAGE).actionFunction(RULE),
        to -> to.withExternal()
            .source(IDLE)
            .target(STAGED)
            .event(STAGE)
            .guard(other)
            .actionFunction(RULE),
        to -> to.withExternal()
            .source(IDLE)
            .target(STAGED)
            .event(STAGE)
            .guard(context -> true)
            .actionFunction(RULE),
        to -> to.withExternal()
            .source(IDLE)
            .target(STAGED)
            .event(STAGE)
            .guard(RULE)
            .action(context -> {}),
        to -> to.withExternal()
            .source(IDLE)
            .target(STAGED)
            .event(STAGE)
            .guard(RULE)
            .actionFunction(RULE)
            .actionFunction(RULE),
        to -> to.withExternal().source(IDLE).target(STAGED).guard(RULE).actionFunction(RULE),
        to -> to.withLocal()
            .source(IDLE)
            .target(STAGED)
            .event(STAGE)
            .guard(RULE)
            .actionFunction(RULE));
  }

  private static MachineModel with(Declaration more) {
    return MachineModel.of(SpringEngine.build(new LifecycleConfig() {
      @Override
      public void configure(StateMachineTransitionConfigurer<Phase, EventType> transitions)
          throws Exception {
        super.configure(transitions);
        more.declare(transitions);
      }
    }));
  }
}
