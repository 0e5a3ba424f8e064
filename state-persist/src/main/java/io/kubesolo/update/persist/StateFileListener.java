package io.kubesolo.update.persist;

import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Rejection.Outcome;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.UpdateEvent;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.persist.DocumentFile.Locked;
import io.kubesolo.update.persist.OutcomeMark.Write;
import io.kubesolo.update.persist.ProcessLock.Held;
import io.vavr.control.Either;
import io.vavr.control.Option;

/**
 * Writes the state after each accepted event to the state file, together with the content of the
 * file that an {@link UpdateState} does not hold.
 *
 * <p>For use by the thread that holds the lock.
 */
final class StateFileListener implements PersistListener {
  private final DocumentFile file;
  private final Held lock;
  private final Locked before;

  /**
   * Makes a listener for one hold of the lock.
   *
   * @param before what was read under this lock
   */
  StateFileListener(DocumentFile file, Held lock, Locked before) {
    this.file = file;
    this.lock = lock;
    this.before = before;
  }

  @Override
  public Option<Either<NotPersisted, UpdateState>> onResent(UpdateEvent event) {
    lock.requireHeld();
    UpdateState state = before.document().state();
    if (!before.mark().names(event)) {
      return Option.none();
    }
    return Option.some(file.forget(OutcomeMark.NONE).toEither(state).swap());
  }

  @Override
  public Either<NotPersisted, UpdateState> onAccepted(Transition transition) {
    lock.requireHeld();
    Option<EncodedDocument> fitting =
        EncodedDocument.fitting(before.document().with(transition.after()));
    if (fitting.isEmpty()) {
      return Either.left(
          new NotPersisted(file.path().toString(), EncodedDocument.TOO_LARGE, Outcome.OLD));
    }
    Document next = fitting.get().document();
    Write write = Write.of(transition.event(), next.state());
    Option<NotPersisted> failure =
        file.replace(lock, before, next, fitting.get().bytes(), write);
    return failure.isDefined() ? Either.left(failure.get()) : Either.right(next.state());
  }
}
