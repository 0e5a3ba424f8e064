package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.RunningSystem;
import io.kubesolo.update.agent.device.Slot;
import io.kubesolo.update.core.PersistListener;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.Rejection.StoreFailure.Unreadable;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.nio.file.Path;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * The state file of a device. If the device's configuration says so, an invalid file is repaired
 * when it is opened, and the targets that are known to have failed are not installed again.
 */
final class RepairingStore implements StateStore {
  private final StateFile file;
  private final Device device;
  private final Slot running;
  private final Consumer<String> warnings;

  RepairingStore(UpdateContext context, Device device, RunningSystem running) {
    this.file = context.state().withBoot(() -> running.boot(context.hostUptime().get()));
    this.device = device;
    this.running = running.slot();
    this.warnings = context.warnings();
  }

  @Override
  public Either<StoreFailure, Loaded> open() {
    Either<StoreFailure, Loaded> opened = file.open();
    boolean repairable = opened.isLeft()
        && opened.getLeft() instanceof Unreadable invalid
        && invalid.repairable()
        && device.config().repairsInvalidState();
    return repairable
        ? file.repair(FailedTargets.of(device, running))
            .peek(aside -> warn(opened.getLeft(), aside))
            .flatMap(aside -> file.open())
        : opened;
  }

  private void warn(StoreFailure invalid, Option<Path> aside) {
    aside.forEach(
        path -> warnings.accept("%s; repaired: the state is idle, the invalid file is now %s"
            .formatted(invalid.message(), path)));
  }

  @Override
  public Either<StoreFailure, Loaded> read() {
    return file.read();
  }

  @Override
  public <T> Either<Rejection, T> exclusively(
      BiFunction<Loaded, PersistListener, Either<Rejection, T>> work) {
    return file.exclusively(work);
  }
}
