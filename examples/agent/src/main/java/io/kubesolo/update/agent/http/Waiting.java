package io.kubesolo.update.agent.http;

/**
 * Called at least once a second while a server is waited for.
 *
 * @param <X> what ends the wait
 */
@FunctionalInterface
public interface Waiting<X extends Exception> {
  /**
   * Returns if it is worth waiting on.
   *
   * @throws X if it is not
   */
  void check() throws X;
}
