package io.kubesolo.update.core;

import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.vavr.control.Either;
import io.vavr.control.Option;

/**
 * A port: makes the state after each accepted event durable. It is called before the new state is
 * visible to any caller, and can refuse it.
 *
 * <p>For use by the thread that holds the store's lock, while it holds it. A store throws an {@link
 * IllegalStateException} if a listener is used after {@link StateStore#exclusively} returned.
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

  /**
   * Recognizes an event that is sent again after a write of unknown outcome. Called before the
   * event is decided. An event is recognized once, no matter which process sends it again.
   *
   * @param event the event
   * @return the stored state if it is the result of this event, whose sender got no answer; the
   *     failure if that cannot be recorded; none if the event is a new one, which is to be decided
   */
  default Option<Either<NotPersisted, UpdateState>> onResent(UpdateEvent event) {
    return Option.none();
  }
}
