package io.kubesolo.update.core;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.vavr.control.Either;
import java.util.List;
import java.util.function.Function;

/**
 * A port: where the state is kept. Safe for use by several threads and processes at once.
 *
 * <p>When {@link Session#persist} has returned a state, that state survives a power cut; when it
 * has returned a failure, the failure says whether the old state stands or nobody knows.
 */
public interface StateStore {
  /**
   * Makes sure that what is stored now is durable, and reads it. Called once, before anything is
   * built on the state.
   *
   * @return the state and what is odd about it, or why there is none
   */
  Either<StoreFailure, Loaded> open();

  /**
   * Reads the state without a lock and without writing.
   *
   * @return the state and what is odd about it, or why there is none
   */
  Either<StoreFailure, Loaded> read();

  /**
   * Runs work while no other writer, in this process or another, can change the state.
   *
   * @param work what to do; it must not call this method again
   * @param <T> what the work yields
   * @return what the work returned, or why it was not run
   */
  <T> Either<Rejection, T> exclusively(Function<Session, Either<Rejection, T>> work);

  /** The store while its lock is held. For use by the thread that was given it, within the work. */
  interface Session {
    /** {@return the state as stored when the lock was taken, and what is odd about it} */
    Loaded loaded();

    /**
     * Makes the state after a transition durable.
     *
     * @param transition an accepted event
     * @return the state as stored, which may hold less history, or which state is stored now
     */
    Either<NotPersisted, UpdateState> persist(Transition transition);
  }

  /**
   * A state as it was read.
   *
   * @param state the state
   * @param warnings a line for each thing that is odd about it and was worked around
   */
  record Loaded(UpdateState state, List<String> warnings) {
    /** {@inheritDoc} */
    public Loaded {
      warnings = List.copyOf(warnings);
    }
  }
}
