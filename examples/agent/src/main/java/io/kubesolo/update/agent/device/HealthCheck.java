package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.device.HealthResult.Outcome;
import io.kubesolo.update.core.Deadlines;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Checks the running slot as often as the device's configuration says, with pauses. */
public final class HealthCheck {
  /** Waits between two tries. */
  @FunctionalInterface
  public interface Pause {
    /** Waits for a duration. */
    void sleep(Duration duration) throws InterruptedException;
  }

  private final HealthProbe probe;
  private final Pause pause;

  /** Creates a check that calls {@code probe} for each try. */
  public HealthCheck(HealthProbe probe, Pause pause) {
    this.probe = probe;
    this.pause = pause;
  }

  /**
   * Returns the first result that is healthy or undetermined, or the last one if all tries found
   * the slot not healthy.
   *
   * @param slot the slot that runs
   * @param version the version in it, none if it is not known
   * @param messages takes a line about each try that is repeated
   */
  public HealthResult run(
      Device device, Slot slot, Optional<String> version, Consumer<String> messages) {
    int tries = device.config().health().tries();
    HealthResult result = probe.check(device, slot, version);
    for (int tried = 1; tried < tries && result.outcome() == Outcome.UNHEALTHY; tried++) {
      Duration interval = device.config().health().interval();
      messages.accept("%s (try %d of %d; the next one in %s)"
          .formatted(result.problem(), tried, tries, Deadlines.inWords(interval)));
      try {
        pause.sleep(interval);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return HealthResult.undetermined("health check was interrupted");
      }
      result = probe.check(device, slot, version);
    }
    return result;
  }
}
