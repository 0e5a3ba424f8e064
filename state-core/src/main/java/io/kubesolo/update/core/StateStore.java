package io.kubesolo.update.core;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.vavr.control.Either;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A port: stores one state. Its {@link PersistListener} promises durability.
 *
 * <p>Safe for use by several threads and processes.
 */
public interface StateStore {
  /**
   * Makes the stored state durable, and reads it. Called before any event is decided,
   * and before a reconciliation.
   *
   * @return the state with its warnings, or why it cannot be used
   */
  Either<StoreFailure, Loaded> open();

  /**
   * Reads the state without a lock and without writing. A power loss may revert what is read.
   *
   * @return the state with its warnings, or why it cannot be read
   */
  Either<StoreFailure, Loaded> read();

  /**
   * Runs work while no other writer, in this process or another, can change the state. Waits for
   * another writer up to the store's deadline, then answers {@link StoreFailure.Busy}. The work
   * receives no state that is not known to be durable. What it throws reaches the caller after the
   * lock is released.
   *
   * @param work receives the state as read under the lock, and the listener that writes the next
   *     one; it must not call this method again
   * @param <T> the type of the work's result
   * @return what the work returned, or why it was not run
   * @throws IllegalArgumentException if the work is null
   */
  <T> Either<Rejection, T> exclusively(
      BiFunction<Loaded, PersistListener, Either<Rejection, T>> work);

  /**
   * A state as it was read.
   *
   * @param state the state
   * @param warnings one line for each unexpected thing that was read and tolerated
   */
  record Loaded(UpdateState state, List<String> warnings) {
    /** {@inheritDoc} */
    public Loaded {
      warnings = List.copyOf(warnings);
    }
  }
}
