package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Simulates a device from power-on until a slot has booted: {@code grub.cfg}, and a kernel that can
 * be loaded if its slot is whole. If no kernel can be loaded, the device reboots.
 */
public final class BootSimulator {
  /** A counter of 9, a fall-back with a counter of 3, and another one take 9 + 4 + 4 boots. */
  private static final int MAX_BOOTS = 17;

  private final Device device;
  private final Duration hostUptime;
  private final Consumer<String> messages;
  private final Function<Optional<byte[]>, BootScript> script;

  /** Prepares a boot; {@code messages} takes a line for each slot that does not boot. */
  public BootSimulator(Device device, Duration hostUptime, Consumer<String> messages) {
    this(device, hostUptime, messages, BootScript::run);
  }

  /**
   * Prepares a boot in which {@code script} runs on the environment block; it gets none if there
   * is none.
   */
  BootSimulator(
      Device device,
      Duration hostUptime,
      Consumer<String> messages,
      Function<Optional<byte[]>, BootScript> script) {
    this.device = device;
    this.hostUptime = hostUptime;
    this.messages = messages;
    this.script = script;
  }

  /** Boots until a slot runs or each has had all its boots; returns which slot runs. */
  public String boot() throws Failure {
    SmallFile.remove(device.bootRecord());
    for (int boots = 0; boots < MAX_BOOTS; boots++) {
      for (Slot slot : runScript().order()) {
        Optional<SlotContent> kernel = load(slot);
        if (kernel.isPresent()) {
          new BootRecord(slot, UUID.randomUUID().toString(), hostUptime).save(device.bootRecord());
          return "slot " + slot + " runs " + kernel.get().version();
        }
      }
    }
    throw Failure.at(device.dir(), "no slot boots");
  }

  private BootScript runScript() throws Failure {
    BootEnvironmentFile grubenv = device.bootEnvironment();
    BootScript run = script.apply(grubenv.content());
    if (run.saved().isPresent()) {
      grubenv.write(run.saved().get().bytes());
    }
    return run;
  }

  private Optional<SlotContent> load(Slot slot) {
    try {
      return Optional.of(device.slots().verifiedContent(slot));
    } catch (Failure e) {
      messages.accept("slot " + slot + " does not boot: " + e.message());
      return Optional.empty();
    }
  }
}
