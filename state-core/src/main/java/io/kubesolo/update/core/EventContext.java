package io.kubesolo.update.core;

import io.vavr.control.Option;
import java.time.Instant;

/**
 * The input of a decision in addition to the state and the event.
 *
 * @param now the wall clock, in the years 0000 to 9999
 * @param boot the present boot and uptime; none if they are unknown
 * @param maxAttempts the maximum number of attempts at one version; 0 is no limit
 */
public record EventContext(Instant now, Option<Boot> boot, long maxAttempts) {
  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the limit is negative, or a component is null
   */
  public EventContext {
    Arguments.requireNonNull(now, "the time");
    Arguments.requireNonNull(boot, "boot");
    if (maxAttempts < 0) {
      throw new IllegalArgumentException("maxAttempts is negative: " + maxAttempts);
    }
  }
}
