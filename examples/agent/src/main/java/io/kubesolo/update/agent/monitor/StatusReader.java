package io.kubesolo.update.agent.monitor;

import io.kubesolo.update.agent.device.ActivationWait;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads the state file without a lock and without writing, and what runs on the device. A missing
 * file is a fresh state that was never updated.
 *
 * <p>Safe for use by several threads.
 */
public final class StatusReader {
  private final Path path;
  private final Optional<Path> device;
  private final Supplier<LifecycleSettings> settings;
  private final LifecycleEngine engine;
  private final String agentVersion;

  /**
   * Makes a reader.
   *
   * @param path the state file
   * @param device the device directory, if there is one
   * @param settings the limits, which depend on the configuration of the device
   * @param engine decides what events would do
   * @param agentVersion the version of this program
   */
  public StatusReader(
      Path path,
      Optional<Path> device,
      Supplier<LifecycleSettings> settings,
      LifecycleEngine engine,
      String agentVersion) {
    this.path = path;
    this.device = device;
    this.settings = settings;
    this.engine = engine;
    this.agentVersion = agentVersion;
  }

  Path path() {
    return path;
  }

  LifecycleEngine engine() {
    return engine;
  }

  LifecycleSettings settings() {
    return settings.get();
  }

  /** Reads a state file. A missing file is read as a state that was never updated. */
  public static Either<StoreFailure, Loaded> load(Path path) {
    return StateFile.at(path, InstantSource.fixed(UpdateState.NEVER)).read();
  }

  /** Returns what the file holds now. Throws if it cannot be read. */
  public StatusSnapshot read() throws Failure {
    LifecycleSettings now = settings.get();
    UpdateState state = Failure.orThrow(load(path)).state();
    return new StatusSnapshot(state, now.boot().get(), now, engine.table());
  }

  /** Returns all that can be read now. */
  public Observation observe() {
    Optional<StatusSnapshot> state = Optional.empty();
    Optional<Failure> unreadable = Optional.empty();
    try {
      state = Optional.of(read());
    } catch (Failure e) {
      unreadable = Optional.of(e);
    }
    Optional<DeviceStatus> running = Optional.empty();
    Optional<List<ActivationWait>> waits = Optional.empty();
    Optional<Failure> unknown = Optional.empty();
    try {
      if (device.isPresent() && state.isPresent()) {
        waits = Optional.of(DeviceStatus.waits(device.get(), state.get().state().phase()));
      }
      if (device.isPresent()) {
        running = Optional.of(
            DeviceStatus.read(device.get(), Option.ofOptional(state).map(StatusSnapshot::state)));
      }
    } catch (Failure e) {
      unknown = Optional.of(e);
    }
    return new Observation(path, agentVersion, state, unreadable, running, waits, unknown);
  }
}
