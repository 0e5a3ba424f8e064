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
   * Makes sure that the stored state is durable, and reads it. Called once, before any event is
   * decided.
   *
   * @return the state with its warnings, or why it cannot be used
   */
  Either<StoreFailure, Loaded> open();

  /**
   * Reads the state without a lock and without writing.
   *
   * @return the state with its warnings, or why it cannot be read
   */
  Either<StoreFailure, Loaded> read();

  /**
   * Runs work while no other writer, in this process or another, can change the state.
   *
   * @param work receives the state as read under the lock, and the listener that writes the next
   *     one; it must not call this method again
   * @param <T> the type of the work's result
   * @return what the work returned, or why it was not run
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
