package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.util.List;
import java.util.function.Function;

/** A store that loses everything with its process, and costs next to nothing. */
final class MemoryStore implements StateStore, StateStore.Session {
  private Loaded kept;

  MemoryStore(UpdateState first) {
    kept = new Loaded(first, List.of());
  }

  @Override
  public Either<StoreFailure, Loaded> open() {
    return read();
  }

  @Override
  public synchronized Either<StoreFailure, Loaded> read() {
    return Either.right(kept);
  }

  @Override
  public synchronized <T> Either<Rejection, T> exclusively(
      Function<Session, Either<Rejection, T>> work) {
    return work.apply(this);
  }

  @Override
  public Loaded loaded() {
    return kept;
  }

  @Override
  public Either<NotPersisted, UpdateState> persist(Transition transition) {
    kept = new Loaded(transition.after(), List.of());
    return Either.right(transition.after());
  }
}
