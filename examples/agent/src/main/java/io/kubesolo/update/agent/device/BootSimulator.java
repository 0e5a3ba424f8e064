package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Simulates a device from power-on until a slot has booted: the boot loader's script, and a kernel
 * that starts if its slot is whole. If it is not, the board resets and the script runs again.
 */
public final class BootSimulator {
  private final Device device;
  private final Duration hostUptime;
  private final Consumer<String> messages;

  /** Prepares a boot; {@code messages} takes a line for each slot that does not boot. */
  public BootSimulator(Device device, Duration hostUptime, Consumer<String> messages) {
    this.device = device;
    this.hostUptime = hostUptime;
    this.messages = messages;
  }

  /** Boots until a slot runs or each has had all its tries; returns which slot runs. */
  public String boot() throws Failure {
    SmallFile.remove(device.bootRecord());
    for (int left = 2 * (tries() + 2); left > 0; left--) {
      Slot slot = runScript();
      SlotContent content;
      try {
        content = device.slots().verifiedContent(slot);
      } catch (Failure e) {
        messages.accept("slot " + slot + " does not boot: " + e.message());
        continue;
      }
      new BootRecord(slot, UUID.randomUUID().toString(), hostUptime).save(device.bootRecord());
      return "slot " + slot + " runs " + content.version();
    }
    throw Failure.at(device.dir(), "no slot boots");
  }

  private Slot runScript() throws Failure {
    BootEnvironment env = BootEnvironment.read(device.grubenv()).booting(tries());
    env.save(device.grubenv());
    return env.active();
  }

  private int tries() {
    return device.config().bootTries();
  }
}
