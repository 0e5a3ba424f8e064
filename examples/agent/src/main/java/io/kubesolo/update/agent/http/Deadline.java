package io.kubesolo.update.agent.http;

import java.time.Duration;

/**
 * The end of a time limit, by the monotonic clock.
 *
 * <p>Immutable.
 *
 * @param limit the limit as a whole
 * @param endNanos when it is over, in {@link System#nanoTime}
 */
record Deadline(Duration limit, long endNanos) {
  static Deadline in(Duration limit) {
    return new Deadline(limit, System.nanoTime() + limit.toNanos());
  }

  /** Returns the time that is left; negative if it is over. */
  long leftNanos() {
    return endNanos - System.nanoTime();
  }

  /**
   * Returns the time that is left, at least 1 ms, because a socket's timeout of 0 means no limit.
   */
  int leftMillis() {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, leftNanos() / 1_000_000));
  }
}
