package io.kubesolo.update.agent.device;

import java.util.Optional;

/** A port: checks once whether the running slot is healthy. */
@FunctionalInterface
public interface HealthProbe {
  /**
   * Checks once.
   *
   * @param device the device
   * @param slot the slot that runs
   * @param version the version in it, none if it is not known
   */
  HealthResult check(Device device, Slot slot, Optional<String> version);
}
