package io.kubesolo.update.core;

/**
 * A port: told of each transition after it is durable, in order, by one thread at a time and outside
 * every lock. It can neither undo nor delay one.
 */
@FunctionalInterface
public interface TransitionListener {
  /**
   * Called after a transition. By then the state may have moved on.
   *
   * @param transition what happened
   */
  void onTransition(Transition transition);
}
