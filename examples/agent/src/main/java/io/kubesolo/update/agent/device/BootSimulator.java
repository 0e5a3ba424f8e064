package io.kubesolo.update.agent.device;

import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.io.SmallFile;
import io.vavr.control.Either;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Stands for a device between power-on and its first process: the boot loader's script, and a
 * kernel that starts if its slot is whole. If not, the board resets and the script runs again.
 */
public final class BootSimulator {
  private final Device device;
  private final Duration hostUptime;
  private final Consumer<String> said;

  public BootSimulator(Device device, Duration hostUptime, Consumer<String> said) {
    this.device = device;
    this.hostUptime = hostUptime;
    this.said = said;
  }

  /** Boots, as often as it takes to have given each slot all its tries; tells what runs then. */
  public Either<Failure, String> boot() {
    Either<Failure, ?> down = SmallFile.remove(device.running());
    if (down.isLeft()) {
      return Either.left(down.getLeft());
    }
    for (int left = 2 * (tries() + 2); left > 0; left--) {
      Either<Failure, BootEnvironment> script = runScript();
      if (script.isLeft()) {
        return Either.left(script.getLeft());
      }
      Slot slot = script.get().active();
      Either<Failure, SlotContent> kernel = device.slots().whole(slot);
      if (kernel.isRight()) {
        return start(slot, kernel.get());
      }
      said.accept("slot " + slot + " does not boot: " + kernel.getLeft().message());
    }
    return Either.left(Failure.at(device.dir(), "no slot boots"));
  }

  private Either<Failure, BootEnvironment> runScript() {
    return BootEnvironment.read(device.grubenv())
        .flatMap(env -> env.booting(tries()).save(device.grubenv()));
  }

  private Either<Failure, String> start(Slot slot, SlotContent content) {
    return new BootRecord(slot, UUID.randomUUID().toString(), hostUptime)
        .save(device.running())
        .map(running -> "slot " + slot + " runs " + content.version());
  }

  private int tries() {
    return device.config().bootTries();
  }
}
