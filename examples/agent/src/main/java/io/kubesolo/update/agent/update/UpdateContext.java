package io.kubesolo.update.agent.update;

import io.kubesolo.update.agent.device.ActivationPolicy.FleetLock;
import io.kubesolo.update.agent.device.DeviceConfig;
import io.kubesolo.update.agent.device.HealthProbe;
import io.kubesolo.update.agent.device.Reboot;
import io.kubesolo.update.agent.download.DownloadProgress;
import io.kubesolo.update.agent.download.UpdateServer;
import io.kubesolo.update.agent.fleet.FleetLockServer;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Option;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a command works with: a device, a state file, and ports to the rest of the world.
 *
 * @param dir the device directory
 * @param state the state file
 * @param settings limits and clock; the boot is set by the session
 * @param engine what decides events
 * @param servers makes the client of the configured server
 * @param probe finds out whether the running slot is healthy
 * @param fleetLocks makes the client of a fleet lock
 * @param reboot reboots the device
 * @param hostUptime how long the host has been up
 * @param progress shows a download
 * @param messages takes each line for the user
 * @param warnings takes each line of warning
 */
public record UpdateContext(
    Path dir,
    StateFile state,
    LifecycleSettings settings,
    LifecycleEngine engine,
    UpdateServers servers,
    HealthProbe probe,
    FleetLocks fleetLocks,
    Reboot reboot,
    Supplier<Duration> hostUptime,
    DownloadProgress progress,
    Consumer<String> messages,
    Consumer<String> warnings) {

  /** Makes the client of the update server that a configuration names. */
  @FunctionalInterface
  public interface UpdateServers {
    /** Returns the client. Throws if a value is wrong. */
    UpdateServer of(DeviceConfig config) throws Failure;
  }

  /** Makes the client of a fleet lock. */
  @FunctionalInterface
  public interface FleetLocks {
    /**
     * Returns the client. Throws if a value is wrong.
     *
     * @param config how the server is reached
     * @param lock the lock, which need not be that of the configuration
     */
    FleetLockServer of(DeviceConfig config, FleetLock lock) throws Failure;
  }

  /** Returns the state as it is now, none if the state file cannot be read. */
  Option<UpdateState> readState() {
    return state.read().map(StateStore.Loaded::state).toOption();
  }

  /** Returns this context without progress and messages. */
  public UpdateContext silent() {
    return with(DownloadProgress.NONE, line -> {}, warnings);
  }

  UpdateContext withWarnings(Consumer<String> other) {
    return with(progress, messages, other);
  }

  private UpdateContext with(
      DownloadProgress shown, Consumer<String> lines, Consumer<String> warningLines) {
    return new UpdateContext(
        dir,
        state,
        settings,
        engine,
        servers,
        probe,
        fleetLocks,
        reboot,
        hostUptime,
        shown,
        lines,
        warningLines);
  }
}
