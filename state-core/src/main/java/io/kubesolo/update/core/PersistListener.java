package io.kubesolo.update.core;

import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.vavr.control.Either;

/**
 * A port: makes the state after each accepted event durable. It is called before the new state is
 * visible to any caller, and can refuse it.
 *
 * <p>For use by the thread that holds the store's lock, while it holds it.
 */
@FunctionalInterface
public interface PersistListener {
  /**
   * Writes the state after an accepted event. When this returns {@code Right}, that state survives
   * a power loss. When it returns {@code Left}, the failure says whether the store surely holds the
   * old state or the outcome is unknown.
   *
   * @param transition the accepted event, with the state as loaded and the state to store
   * @return the state as stored, which may hold less history; or why it is not known to be durable
   */
  Either<NotPersisted, UpdateState> onAccepted(Transition transition);
}
