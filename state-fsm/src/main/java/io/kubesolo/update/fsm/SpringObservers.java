package io.kubesolo.update.fsm;

import io.kubesolo.update.core.EventType;
import io.kubesolo.update.core.Phase;
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.listener.StateMachineListener;
import org.springframework.statemachine.monitor.StateMachineMonitor;
import org.springframework.statemachine.support.StateMachineInterceptor;

/**
 * Adds Spring's own listeners, interceptors and monitors to the machine of a {@link SpringEngine}.
 * They run on the thread of the sender, before the event is durable. They cannot change a decision:
 * if one vetoes or throws, the event is decided as if it had not.
 *
 * <p>For use by one thread, while the engine is built.
 */
public final class SpringObservers {
  private final StateMachine<Phase, EventType> machine;

  SpringObservers(StateMachine<Phase, EventType> machine) {
    this.machine = machine;
  }

  /**
   * Adds a listener.
   *
   * @param listener is notified of each change of the machine
   * @return this object
   */
  public SpringObservers listener(StateMachineListener<Phase, EventType> listener) {
    machine.addStateListener(listener);
    return this;
  }

  /**
   * Adds an interceptor.
   *
   * @param interceptor is called before and after each event, transition and change of the phase;
   *     what it returns is ignored
   * @return this object
   */
  public SpringObservers interceptor(StateMachineInterceptor<Phase, EventType> interceptor) {
    machine
        .getStateMachineAccessor()
        .doWithAllRegions(region -> region.addStateMachineInterceptor(interceptor));
    return this;
  }

  /**
   * Adds a monitor.
   *
   * @param monitor receives the duration of each transition and action
   * @return this object
   */
  public SpringObservers monitor(StateMachineMonitor<Phase, EventType> monitor) {
    machine
        .getStateMachineAccessor()
        .doWithAllRegions(region -> region.addStateMachineMonitor(monitor));
    return this;
  }
}
