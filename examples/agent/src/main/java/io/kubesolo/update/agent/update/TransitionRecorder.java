package io.kubesolo.update.agent.update;

import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.function.BiFunction;

/**
 * A store that records the transition that was stored through it last. What a command read before
 * it sent an event is not always the state that the event was decided on, because another process
 * may send one in between.
 *
 * <p>For use by one thread.
 */
public final class TransitionRecorder implements StateStore {
  private final StateStore store;
  private Option<Transition> stored = Option.none();

  /** Records what is stored in another store. */
  public TransitionRecorder(StateStore store) {
    this.store = store;
  }

  /**
   * Returns the line about the event that was sent last and accepted. An event whose first answer
   * was lost is answered again, and changes nothing.
   *
   * @param event the event
   * @param after the state that it was answered with
   */
  public String line(UpdateEvent event, UpdateState after) {
    return stored.isDefined()
        ? Messages.step(stored.get())
        : event.type() + ": was accepted before, now " + after.phase();
  }

  @Override
  public Either<StoreFailure, Loaded> open() {
    return store.open();
  }

  @Override
  public Either<StoreFailure, Loaded> read() {
    return store.read();
  }

  @Override
  public <T> Either<Rejection, T> exclusively(
      BiFunction<Loaded, PersistListener, Either<Rejection, T>> work) {
    stored = Option.none();
    return store.exclusively((loaded, listener) -> work.apply(loaded, new Recording(listener)));
  }

  /** Passes each event on, and records it once it is stored. */
  private final class Recording implements PersistListener {
    private final PersistListener listener;

    Recording(PersistListener listener) {
      this.listener = listener;
    }

    @Override
    public Either<NotPersisted, UpdateState> onAccepted(Transition transition) {
      Either<NotPersisted, UpdateState> answer = listener.onAccepted(transition);
      if (answer.isRight()) {
        stored = Option.some(new Transition(transition.before(), transition.event(), answer.get()));
      }
      return answer;
    }

    @Override
    public Option<Either<NotPersisted, UpdateState>> onResent(UpdateEvent event) {
      return listener.onResent(event);
    }
  }
}
