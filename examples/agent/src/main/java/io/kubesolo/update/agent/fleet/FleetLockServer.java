package io.kubesolo.update.agent.fleet;

import io.kubesolo.update.agent.io.Failure;

/**
 * A port: a server of the FleetLock protocol that grants this device a lock, which it holds while
 * it reboots into an update. A device that takes the lock twice holds it once, and one that gives
 * back what it does not hold is answered that it is done.
 */
public interface FleetLockServer {
  /** Takes the lock, or throws if the server refuses or does not answer. */
  void preReboot() throws Failure;

  /** Releases the lock, or throws if the server does not confirm it. */
  void steadyState() throws Failure;
}
