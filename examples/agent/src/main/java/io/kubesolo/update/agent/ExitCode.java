package io.kubesolo.update.agent;

import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure.Busy;
import io.kubesolo.update.core.Rejection.StoreFailure.NotPersisted;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;

/** What the process tells its caller. */
final class ExitCode {
  /** Done. */
  static final int OK = 0;

  /** Failed for a reason that has no code of its own. */
  static final int OTHER = 1;

  /** The command line makes no sense. */
  static final int USAGE = 2;

  /** The machine refused the event. */
  static final int REJECTED = 10;

  /** The state file cannot be read, or what is in it is no state. */
  static final int UNREADABLE = 11;

  /** The event was not made durable, or the lock or the directory cannot be made. */
  static final int NOT_PERSISTED = 12;

  /** Another process holds the lock. */
  static final int BUSY = 13;

  private ExitCode() {}

  static int of(Rejection rejection) {
    if (rejection instanceof Unreadable) {
      return UNREADABLE;
    }
    if (rejection instanceof NotPersisted) {
      return NOT_PERSISTED;
    }
    return rejection instanceof Busy ? BUSY : REJECTED;
  }
}
