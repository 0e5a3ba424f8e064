package io.kubesolo.update.persist;

import io.kubesolo.update.core.HistoryEntry;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.ProcessLock.Held;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.util.List;

/**
 * Told of each accepted event while the lock is held, it writes the state after it durably, together
 * with all that was found in the file and is not ours.
 *
 * <p>For use by the thread that holds the lock.
 */
public final class PersistListener implements StateStore.Session {
  private final StateFile file;
  private final Held lock;
  private final Document document;

  PersistListener(StateFile file, Held lock, Document document) {
    this.file = file;
    this.lock = lock;
    this.document = document;
  }

  @Override
  public Loaded loaded() {
    return new Loaded(document.state(), document.warnings());
  }

  @Override
  public Either<NotPersisted, UpdateState> persist(Transition transition) {
    Document next = document.with(transition.after());
    byte[] bytes = StateJson.encode(next);
    while (bytes.length > StateReader.MAX_BYTES && !next.state().history().isEmpty()) {
      next = next.with(withoutOldest(next.state()));
      bytes = StateJson.encode(next);
    }
    if (bytes.length > StateReader.MAX_BYTES) {
      return Either.left(tooLarge());
    }
    Option<NotPersisted> failure = file.replace(lock, bytes);
    if (failure.isDefined()) {
      return Either.left(failure.get());
    }
    file.remember(bytes, next);
    return Either.right(next.state());
  }

  private static UpdateState withoutOldest(UpdateState state) {
    List<HistoryEntry> history = state.history();
    return state.withHistory(history.subList(1, history.size()));
  }

  private NotPersisted tooLarge() {
    String problem =
        "the new state is larger than 1 MiB; remove what other programs keep in the file";
    return new NotPersisted(file.path().toString(), problem, Outcome.OLD);
  }
}
