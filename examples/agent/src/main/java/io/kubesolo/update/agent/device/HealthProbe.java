package io.kubesolo.update.agent.device;

import io.vavr.control.Option;

/** A port: tells whether the running slot is healthy. */
@FunctionalInterface
public interface HealthProbe {
  /**
   * Asks.
   *
   * @param slot the slot that runs
   * @param version the version in it
   * @return what is wrong, in one line, or none
   */
  Option<String> problem(Device device, Slot slot, String version);
}
