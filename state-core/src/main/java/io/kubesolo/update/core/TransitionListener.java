package io.kubesolo.update.core;

/**
 * A port: is notified of each transition after it is durable, in order, by one thread at a time and
 * outside every lock. It can neither undo nor delay a transition.
 */
@FunctionalInterface
public interface TransitionListener {
  /**
   * Handles a transition. By the time of the call the state may have changed again.
   *
   * @param transition the accepted event, with the states before and after it
   */
  void onTransition(Transition transition);
}
