package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import java.util.List;

/** A port: reboots the device. */
@FunctionalInterface
public interface Reboot {
  /** Runs the device's command that reboots it. */
  void run(List<String> command) throws Failure;
}
