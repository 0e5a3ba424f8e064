package io.kubesolo.update.agent.device;

import java.util.Optional;

/** A port: finds out whether the running slot is healthy. */
@FunctionalInterface
public interface HealthProbe {
  /**
   * Checks the running slot.
   *
   * @param slot the slot that runs
   * @param version the version in it
   * @return what is wrong, in one line, or none
   */
  Optional<String> problem(Device device, Slot slot, String version);
}
