package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Arguments;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.LinuxBoot;
import io.kubesolo.update.core.TransitionListener;
import io.vavr.control.Option;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * The settings of a lifecycle.
 *
 * <p>Immutable if its components are.
 *
 * @param maxAttempts how many attempts at one version are allowed; 0 is no limit
 * @param clock the wall clock
 * @param boot returns the present boot and uptime, or none if they are unknown
 * @param deadlines how long each transient phase may last
 * @param listeners notified of each transition after it is durable, each on a thread of its own
 */
public record LifecycleSettings(
    long maxAttempts,
    InstantSource clock,
    Supplier<Option<Boot>> boot,
    Deadlines deadlines,
    List<TransitionListener> listeners) {
  /** Three attempts, the system's clock, Linux's boot id, the default deadlines, no listeners. */
  public static final LifecycleSettings DEFAULT = new LifecycleSettings(
      3, InstantSource.system(), LinuxBoot::now, Deadlines.DEFAULT, List.of());

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the limit is negative, or a component or a listener is
   *     null
   */
  public LifecycleSettings {
    Arguments.requireNonNull(clock, "clock");
    Arguments.requireNonNull(boot, "boot");
    Arguments.requireNonNull(deadlines, "deadlines");
    Arguments.requireNonNull(listeners, "listeners");
    for (TransitionListener listener : listeners) {
      Arguments.requireNonNull(listener, "a listener");
    }
    if (maxAttempts < 0) {
      throw new IllegalArgumentException("maxAttempts is negative: " + maxAttempts);
    }
    listeners = List.copyOf(listeners);
  }

  /**
   * Returns these settings with another limit on attempts.
   *
   * @param attempts how many attempts at one version are allowed; 0 is no limit
   * @return these settings with that limit
   */
  public LifecycleSettings withMaxAttempts(long attempts) {
    return new LifecycleSettings(attempts, clock, boot, deadlines, listeners);
  }

  /**
   * Returns these settings with another wall clock.
   *
   * @param source the clock
   * @return these settings with that clock
   */
  public LifecycleSettings withClock(InstantSource source) {
    return new LifecycleSettings(maxAttempts, source, boot, deadlines, listeners);
  }

  /**
   * Returns these settings with another source of the boot and uptime.
   *
   * @param source returns the present boot and uptime, or none if they are unknown
   * @return these settings with that source
   */
  public LifecycleSettings withBoot(Supplier<Option<Boot>> source) {
    return new LifecycleSettings(maxAttempts, clock, source, deadlines, listeners);
  }

  /**
   * Returns these settings with other deadlines.
   *
   * @param limits how long each transient phase may last
   * @return these settings with those deadlines
   */
  public LifecycleSettings withDeadlines(Deadlines limits) {
    return new LifecycleSettings(maxAttempts, clock, boot, limits, listeners);
  }

  /**
   * Returns these settings with other listeners.
   *
   * @param notified the listeners, notified of each transition after it is durable
   * @return these settings with those listeners
   */
  public LifecycleSettings withListeners(TransitionListener... notified) {
    Arguments.requireNonNull(notified, "listeners");
    return new LifecycleSettings(maxAttempts, clock, boot, deadlines, Arrays.asList(notified));
  }
}
