package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.TransitionListener;
import io.vavr.control.Option;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/**
 * What an embedder may set.
 *
 * <p>Immutable, as far as its parts are.
 *
 * @param maxAttempts how many attempts at one version are allowed; 0 is no limit
 * @param clock the wall clock
 * @param boot tells the present moment within this boot, or none where that is unknown
 * @param deadlines how long each transient phase may last
 * @param listeners told of each transition after it is durable, none waiting for another
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
   * @throws IllegalArgumentException if the limit is negative
   */
  public LifecycleSettings {
    if (maxAttempts < 0) {
      throw new IllegalArgumentException("maxAttempts is negative: " + maxAttempts);
    }
    listeners = List.copyOf(listeners);
  }

  /**
   * Sets the limit on attempts.
   *
   * @param attempts how many attempts at one version are allowed; 0 is no limit
   * @return these settings with that limit
   */
  public LifecycleSettings withMaxAttempts(long attempts) {
    return new LifecycleSettings(attempts, clock, boot, deadlines, listeners);
  }

  /**
   * Sets the wall clock.
   *
   * @param source the clock
   * @return these settings with that clock
   */
  public LifecycleSettings withClock(InstantSource source) {
    return new LifecycleSettings(maxAttempts, source, boot, deadlines, listeners);
  }

  /**
   * Sets where the present moment within this boot comes from.
   *
   * @param source tells it, or none where it is unknown
   * @return these settings with that source
   */
  public LifecycleSettings withBoot(Supplier<Option<Boot>> source) {
    return new LifecycleSettings(maxAttempts, clock, source, deadlines, listeners);
  }

  /**
   * Sets the deadlines.
   *
   * @param limits how long each transient phase may last
   * @return these settings with those deadlines
   */
  public LifecycleSettings withDeadlines(Deadlines limits) {
    return new LifecycleSettings(maxAttempts, clock, boot, limits, listeners);
  }

  /**
   * Sets the listeners.
   *
   * @param told what is told of each transition
   * @return these settings with those listeners
   */
  public LifecycleSettings withListeners(TransitionListener... told) {
    return new LifecycleSettings(maxAttempts, clock, boot, deadlines, List.of(told));
  }
}
