package io.kubesolo.update.core;

/**
 * A port: is notified of each transition after it is durable, in order, by one thread at a time and
 * outside every lock. It can neither undo nor delay a transition.
 *
 * <p>A lifecycle notifies its listeners of the transitions that it made itself. It does not notify
 * them of those that another process, or another lifecycle of this process, made; an agent that
 * needs these reads the state again.
 */
@FunctionalInterface
public interface TransitionListener {
  /**
   * Handles a transition. By the time of the call the state may have changed again. What is thrown
   * is logged, and the next transition is still delivered.
   *
   * @param transition the accepted event, with the states before and after it
   */
  void onTransition(Transition transition);
}
