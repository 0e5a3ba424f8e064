package io.kubesolo.update.benchmarks;

import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateState;
import io.vavr.control.Either;
import java.util.List;
import java.util.function.BiFunction;

/** A store that loses everything with its process, and costs next to nothing. */
final class MemoryStore implements StateStore, PersistListener {
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
      BiFunction<Loaded, PersistListener, Either<Rejection, T>> work) {
    return work.apply(kept, this);
  }

  @Override
  public Either<NotPersisted, UpdateState> onAccepted(Transition transition) {
    kept = new Loaded(transition.after(), List.of());
    return Either.right(transition.after());
  }
}
