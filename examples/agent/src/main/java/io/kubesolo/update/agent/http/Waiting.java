package io.kubesolo.update.agent.http;

/**
 * Called at least once a second during a wait for a server.
 *
 * @param <X> the exception that ends the wait
 */
@FunctionalInterface
public interface Waiting<X extends Exception> {
  /**
   * Returns if the wait goes on.
   *
   * @throws X if the wait must end
   */
  void check() throws X;
}
