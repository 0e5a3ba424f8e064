package io.kubesolo.update.fsm;

import static io.kubesolo.update.core.Action.CLEAR_ERROR;
import static io.kubesolo.update.core.Action.FORGET_ROLLBACK;
import static io.kubesolo.update.core.Action.RECORD_ERROR;
import static io.kubesolo.update.core.Action.REMEMBER_ROLLBACK;
import static io.kubesolo.update.core.Action.RESET_ATTEMPTS;
import static io.kubesolo.update.core.Action.START_ATTEMPT;
import static io.kubesolo.update.core.Action.TAKE_TARGET;
import static io.kubesolo.update.core.EventType.ACKNOWLEDGE;
import static io.kubesolo.update.core.EventType.ACTIVATE;
import static io.kubesolo.update.core.EventType.CANCEL;
import static io.kubesolo.update.core.EventType.CHECK;
import static io.kubesolo.update.core.EventType.CONFIRM;
import static io.kubesolo.update.core.EventType.DOWNLOAD;
import static io.kubesolo.update.core.EventType.FAIL;
import static io.kubesolo.update.core.EventType.NO_UPDATE;
import static io.kubesolo.update.core.EventType.ROLLBACK;
import static io.kubesolo.update.core.EventType.STAGE;
import static io.kubesolo.update.core.EventType.VERIFY;
import static io.kubesolo.update.core.Guard.ATTEMPTS_LEFT;
import static io.kubesolo.update.core.Guard.NEW_TARGET;
import static io.kubesolo.update.core.Guard.NOT_ROLLED_BACK;
import static io.kubesolo.update.core.Guard.RUNNING_TARGET;
import static io.kubesolo.update.core.Guard.SUPERSEDES;
import static io.kubesolo.update.core.Phase.ACTIVATED;
import static io.kubesolo.update.core.Phase.CHECKING;
import static io.kubesolo.update.core.Phase.DOWNLOADING;
import static io.kubesolo.update.core.Phase.FAILED;
import static io.kubesolo.update.core.Phase.IDLE;
import static io.kubesolo.update.core.Phase.ROLLED_BACK;
import static io.kubesolo.update.core.Phase.STAGED;
import static io.kubesolo.update.core.Phase.SUCCESS;
import static io.kubesolo.update.core.Phase.VERIFYING;
import static io.kubesolo.update.fsm.EdgeRule.always;
import static io.kubesolo.update.fsm.EdgeRule.when;

import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import java.util.EnumSet;
import org.springframework.statemachine.config.EnumStateMachineConfigurerAdapter;
import org.springframework.statemachine.config.builders.StateMachineStateConfigurer;
import org.springframework.statemachine.config.builders.StateMachineTransitionConfigurer;

/**
 * The states and transitions of the lifecycle. This is the only place where an edge is
 * declared: the transition table, the diagrams and the documentation are generated from the
 * machine that Spring builds from it. The guard and the action function of a transition are one
 * {@link EdgeRule}.
 *
 * <p>A Spring application can use it with {@code @EnableStateMachineFactory} on a configuration
 * class that extends it, and run the machines of the factory with a {@link SpringEngine}.
 */
public class LifecycleConfig extends EnumStateMachineConfigurerAdapter<Phase, EventType> {
  /** Makes a config. */
  public LifecycleConfig() {}

  @Override
  public void configure(StateMachineStateConfigurer<Phase, EventType> states) throws Exception {
    states.withStates().initial(IDLE).states(EnumSet.allOf(Phase.class));
  }

  @Override
  public void configure(StateMachineTransitionConfigurer<Phase, EventType> transitions)
      throws Exception {
    EdgeRule proceed = always();
    EdgeRule start = always().then(START_ATTEMPT);
    EdgeRule clear = always().then(CLEAR_ERROR);
    EdgeRule fail = always().then(RECORD_ERROR);
    EdgeRule rollBack = always().then(RECORD_ERROR, REMEMBER_ROLLBACK);
    EdgeRule confirm = always().then(CLEAR_ERROR, RESET_ATTEMPTS, FORGET_ROLLBACK);
    EdgeRule verify = when(RUNNING_TARGET);
    EdgeRule take = when(NEW_TARGET, NOT_ROLLED_BACK, ATTEMPTS_LEFT).then(TAKE_TARGET);
    EdgeRule startAndTake = take.then(START_ATTEMPT, TAKE_TARGET);
    EdgeRule supersede =
        when(NEW_TARGET, SUPERSEDES, NOT_ROLLED_BACK).then(START_ATTEMPT, TAKE_TARGET);

    // spotless:off
    transitions
        .withExternal().source(IDLE).target(CHECKING).event(CHECK)
            .guard(start).actionFunction(start).and()
        .withExternal().source(CHECKING).target(IDLE).event(NO_UPDATE)
            .guard(clear).actionFunction(clear).and()
        .withExternal().source(CHECKING).target(DOWNLOADING).event(DOWNLOAD)
            .guard(take).actionFunction(take).and()
        .withExternal().source(IDLE).target(DOWNLOADING).event(DOWNLOAD)
            .guard(startAndTake).actionFunction(startAndTake).and()
        .withExternal().source(DOWNLOADING).target(DOWNLOADING).event(DOWNLOAD)
            .guard(startAndTake).actionFunction(startAndTake).and()
        .withExternal().source(SUCCESS).target(DOWNLOADING).event(DOWNLOAD)
            .guard(startAndTake).actionFunction(startAndTake).and()
        .withExternal().source(ROLLED_BACK).target(DOWNLOADING).event(DOWNLOAD)
            .guard(startAndTake).actionFunction(startAndTake).and()
        .withExternal().source(FAILED).target(DOWNLOADING).event(DOWNLOAD)
            .guard(startAndTake).actionFunction(startAndTake).and()
        .withExternal().source(STAGED).target(DOWNLOADING).event(DOWNLOAD)
            .guard(supersede).actionFunction(supersede).and()
        .withExternal().source(DOWNLOADING).target(STAGED).event(STAGE)
            .guard(proceed).actionFunction(proceed).and()
        .withExternal().source(STAGED).target(ACTIVATED).event(ACTIVATE)
            .guard(proceed).actionFunction(proceed).and()
        .withExternal().source(ACTIVATED).target(VERIFYING).event(VERIFY)
            .guard(verify).actionFunction(verify).and()
        .withExternal().source(VERIFYING).target(SUCCESS).event(CONFIRM)
            .guard(confirm).actionFunction(confirm).and()
        .withExternal().source(CHECKING).target(FAILED).event(FAIL)
            .guard(fail).actionFunction(fail).and()
        .withExternal().source(DOWNLOADING).target(FAILED).event(FAIL)
            .guard(fail).actionFunction(fail).and()
        .withExternal().source(STAGED).target(FAILED).event(FAIL)
            .guard(fail).actionFunction(fail).and()
        .withExternal().source(ACTIVATED).target(ROLLED_BACK).event(ROLLBACK)
            .guard(rollBack).actionFunction(rollBack).and()
        .withExternal().source(VERIFYING).target(ROLLED_BACK).event(ROLLBACK)
            .guard(rollBack).actionFunction(rollBack).and()
        .withExternal().source(SUCCESS).target(ROLLED_BACK).event(ROLLBACK)
            .guard(rollBack).actionFunction(rollBack).and()
        .withExternal().source(CHECKING).target(IDLE).event(CANCEL)
            .guard(clear).actionFunction(clear).and()
        .withExternal().source(DOWNLOADING).target(IDLE).event(CANCEL)
            .guard(clear).actionFunction(clear).and()
        .withExternal().source(STAGED).target(IDLE).event(CANCEL)
            .guard(clear).actionFunction(clear).and()
        .withExternal().source(SUCCESS).target(IDLE).event(ACKNOWLEDGE)
            .guard(clear).actionFunction(clear).and()
        .withExternal().source(ROLLED_BACK).target(IDLE).event(ACKNOWLEDGE)
            .guard(clear).actionFunction(clear).and()
        .withExternal().source(FAILED).target(IDLE).event(ACKNOWLEDGE)
            .guard(clear).actionFunction(clear);
    // spotless:on
  }
}
