package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.persist.ProcessLock;
import io.vavr.control.Option;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The lock of the one process that may change slots, boot environment and download of a device, or
 * reconcile. On a device it is the same for every state file; without a device it is a file next to
 * the state file, whose own lock is held for an event only.
 */
public final class WorkLock {
  private WorkLock() {}

  /**
   * Acquires the lock, or throws if another process holds it.
   *
   * @param device the device directory, none if there is none
   * @param state the state file
   * @param patience how long to wait for the lock
   */
  public static ProcessLock.Held acquire(Option<Path> device, Path state, Duration patience)
      throws Failure {
    if (device.isEmpty()) {
      Path file = state.resolveSibling(state.getFileName() + ".work.lock");
      return Failure.orThrow(ProcessLock.acquire(file, patience));
    }
    return ProcessLock.acquire(Device.workLock(device.get()), patience)
        .getOrElseThrow(Failure::ofOtherFile);
  }
}
