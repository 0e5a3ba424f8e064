package io.kubesolo.update.agent.update;

import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.persist.ProcessLock;
import io.vavr.control.Either;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The lock of the one process that may change slots, boot environment and download, or reconcile. It
 * is a file beside the state file, whose own lock is held for an event only.
 */
public final class WorkLock {
  private WorkLock() {}

  /** Acquires the lock, or returns that another process holds it; does not wait. */
  public static Either<StoreFailure, ProcessLock.Held> acquire(Path state) {
    return ProcessLock.acquire(
        state.resolveSibling(state.getFileName() + ".work.lock"), Duration.ZERO);
  }
}
