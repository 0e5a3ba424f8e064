package io.kubesolo.update.core;

/** A port: told of each transition after it is durable, in order. It cannot undo one. */
@FunctionalInterface
public interface TransitionListener {
  /**
   * Called after a transition.
   *
   * @param transition what happened
   */
  void onTransition(Transition transition);
}
