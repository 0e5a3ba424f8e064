package io.kubesolo.update.agent;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.LinuxBoot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a command works with: a device, a state file, and ports to the rest of the world.
 *
 * @param dir the device directory
 * @param state the state file
 * @param settings limits and clock; boot and listeners are set by the work itself
 * @param engine what decides events
 * @param servers makes the client of the configured server
 * @param probe tells whether the running slot is healthy
 * @param hostUptime how long the host has been up
 * @param progress shows a download
 * @param said takes each line for the person who watches
 * @param warned takes each line on what is odd
 */
record Bench(
    Path dir,
    Path state,
    LifecycleSettings settings,
    LifecycleEngine engine,
    Function<DeviceConfig, UpdateServer> servers,
    HealthProbe probe,
    Supplier<Duration> hostUptime,
    Progress progress,
    Consumer<String> said,
    Consumer<String> warned) {

  /** The same, without a word to the person who watches. */
  Bench silent() {
    return new Bench(
        dir,
        state,
        settings,
        engine,
        servers,
        probe,
        hostUptime,
        Progress.NONE,
        line -> {},
        warned);
  }

  /** What a command of this process works with. */
  static Bench of(Main main, Path dir) {
    return new Bench(
        dir,
        main.statePath(),
        main.settings(),
        main.newEngine(),
        config -> new HttpUpdateServer(config.server(), config.fetchTimeout()),
        new HealthCommand(),
        Bench::uptimeOfHost,
        Progress.on(main.output),
        line -> main.output.line(Output.oneLine(line)),
        main.output::warning);
  }

  /** How long the host has been up; where it does not tell, its boots are told apart all the same. */
  static Duration uptimeOfHost() {
    return LinuxBoot.now().map(Boot::uptime).getOrElse(Duration.ZERO);
  }
}
