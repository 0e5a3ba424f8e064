package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.cli.Syntax.Value;
import io.kubesolo.update.agent.device.ActivationPolicy.FleetLock;
import io.kubesolo.update.agent.device.BootRecord;
import io.kubesolo.update.agent.device.Device;
import io.kubesolo.update.agent.device.DeviceConfig;
import io.kubesolo.update.agent.device.HealthCheckProcess;
import io.kubesolo.update.agent.device.RebootProcess;
import io.kubesolo.update.agent.download.HttpUpdateServer;
import io.kubesolo.update.agent.download.UpdateServer;
import io.kubesolo.update.agent.fleet.FleetLockServer;
import io.kubesolo.update.agent.fleet.HttpFleetLockServer;
import io.kubesolo.update.agent.http.HttpException;
import io.kubesolo.update.agent.http.HttpSettings;
import io.kubesolo.update.agent.http.Retries;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.agent.monitor.StatusReader;
import io.kubesolo.update.agent.monitor.StatusSnapshot;
import io.kubesolo.update.agent.update.UpdateContext;
import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.LinuxBoot;
import io.kubesolo.update.core.StateStore;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.UpdateState;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Option;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the commands share: input, output, the global options, and what is derived from them. */
public final class CommandContext {
  public static final String STATE_VARIABLE = "KUBESOLO_UPDATE_STATE";
  static final String DEVICE_VARIABLE = "KUBESOLO_UPDATE_DEVICE";

  /** What decides events. */
  enum Engine {
    TABLE,
    SPRING;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How results are written. */
  enum Format {
    TEXT,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Value<Path> state = new Value<>();
  private final Value<Path> device = new Value<>();
  private final Value<Long> maxAttempts = new Value<>();
  private final Value<String> deadlines = new Value<>();
  private final Value<Engine> engine = new Value<>();

  /** The syntax of the global options. */
  final Syntax syntax = Syntax.of(this, "Keeps the lifecycle of an A/B operating-system update.")
      .global(
          "--state",
          "PATH",
          Path.class,
          state,
          "The state file; default: $" + STATE_VARIABLE + ",",
          "else state.json in the device directory,",
          "else /var/lib/kubesolo/update/state.json.")
      .global(
          "--device",
          "DIR",
          Path.class,
          device,
          "The device directory; default: $" + DEVICE_VARIABLE + ",",
          "else /var/lib/kubesolo/update if it holds device.json and no",
          "state file is named.")
      .global(
          "--max-attempts",
          "N",
          Long.class,
          maxAttempts,
          "Attempts allowed at one version; 0 is no limit (default: 3).")
      .global(
          "--deadlines",
          "PHASE=D,...",
          String.class,
          deadlines,
          "How long a phase may last, for example downloading=2h, or none",
          "(default: checking=5m,downloading=6h,verifying=30m).")
      .global(
          "--engine",
          "table|spring",
          Engine.class,
          engine,
          "The engine that decides events: the compiled table,",
          "or Spring Statemachine itself (default: table).")
      .global(
          "--output",
          "text|json",
          Format.class,
          this::setFormat,
          "How results are written: as readable text, or as JSON, whose schemas",
          "are in /usr/share/doc/update-agent*/schemas, in a source tree in",
          "examples/agent/schemas (default: text).");

  private Format format = Format.TEXT;
  private Deadlines limits = LifecycleSettings.DEFAULT.deadlines();
  private Path statePath;
  private Option<Path> deviceDirectory = Option.none();

  final Output output;
  final InputStream input;
  private final Function<String, @Nullable String> environment;
  private final Retries.Sleeper sleeper;

  CommandContext(
      Output output,
      InputStream input,
      Function<String, @Nullable String> environment,
      Retries.Sleeper sleeper,
      Path defaultState) {
    this.sleeper = sleeper;
    this.statePath = defaultState;
    this.output = output;
    this.input = input;
    this.environment = environment;
  }

  private void setFormat(Format chosen) {
    format = chosen;
    if (isJson()) {
      output.collect();
    }
  }

  /** Returns whether results are written as JSON. */
  boolean isJson() {
    return format == Format.JSON;
  }

  /** Evaluates the global options and the environment. Throws if a value is not valid. */
  void resolve() throws Failure {
    if (!syntax.repeated().isEmpty()) {
      throw AgentCommand.wrong("given more than once: " + String.join(", ", syntax.repeated()));
    }
    if (maxAttempts() < 0) {
      throw AgentCommand.wrong("--max-attempts is negative");
    }
    String phases = deadlines.get();
    if (phases != null) {
      limits = DeadlineOption.parse(phases);
    }
    Path dir = device.get() == null ? fromEnvironment(DEVICE_VARIABLE) : device.get();
    Path file = state.get() == null ? fromEnvironment(STATE_VARIABLE) : state.get();
    if (dir == null && file == null) {
      dir = installedDevice();
    }
    deviceDirectory = Option.of(dir);
    if (file != null) {
      statePath = stateFile(file);
    } else if (dir != null) {
      statePath = Device.state(dir);
    }
  }

  /**
   * Returns the directory of the default state file if it is that of a device. A configuration that
   * is a link into nothing is one too: the device must not be taken for a state without slots.
   */
  private @Nullable Path installedDevice() {
    Path config = statePath.resolveSibling("device.json");
    return Files.exists(config, LinkOption.NOFOLLOW_LINKS) ? config.getParent() : null;
  }

  private static Path stateFile(Path file) throws Failure {
    try {
      StateFile.at(file);
      return file;
    } catch (IllegalArgumentException e) {
      throw AgentCommand.wrong(String.valueOf(e.getMessage()));
    }
  }

  private long maxAttempts() {
    return maxAttempts.getOrElse(LifecycleSettings.DEFAULT.maxAttempts());
  }

  Path statePath() {
    return statePath;
  }

  /** Returns the device directory, or none if none is named. */
  Option<Path> device() {
    return deviceDirectory;
  }

  private @Nullable Path fromEnvironment(String variable) throws Failure {
    String value = environment.apply(variable);
    if (value == null || value.isEmpty()) {
      return null;
    }
    try {
      if (!value.contains(ArgumentEncoding.REPLACEMENT)) {
        Path path = Path.of(value);
        WorkingDirectory.require(path);
        return path;
      }
    } catch (InvalidPathException e) {
      // Reported below.
    }
    throw AgentCommand.wrong("$" + variable + " is not valid in the encoding of the locale");
  }

  /** Returns the state file. */
  StateFile file() {
    return StateFile.at(statePath()).withBoot(this::boot);
  }

  LifecycleEngine newEngine() {
    return switch (engine.getOrElse(Engine.TABLE)) {
      case TABLE -> new TableEngine();
      case SPRING -> new SpringEngine();
    };
  }

  /** Returns the settings; on a device, with deadlines that leave time for its health check. */
  LifecycleSettings settings() {
    LifecycleSettings settings = ownSettings();
    return device().isEmpty() ? settings : settings.withDeadlines(extended(settings.deadlines()));
  }

  private Deadlines extended(Deadlines own) {
    try {
      return Device.open(device().get()).config().extend(own);
    } catch (Failure e) {
      return own;
    }
  }

  private LifecycleSettings ownSettings() {
    return LifecycleSettings.DEFAULT
        .withMaxAttempts(maxAttempts())
        .withDeadlines(limits)
        .withBoot(this::boot);
  }

  private Option<Boot> boot() {
    return device().isEmpty()
        ? LinuxBoot.now()
        : Device.boot(device().get(), BootRecord.hostUptimeNow());
  }

  UpdateLifecycle open() throws Failure {
    return open(file());
  }

  /** Opens the lifecycle over a store of the state file. */
  UpdateLifecycle open(StateStore store) throws Failure {
    return open(store, InstantSource.system());
  }

  /** Opens the lifecycle with a clock. */
  UpdateLifecycle open(InstantSource clock) throws Failure {
    return open(StateFile.at(statePath(), clock).withBoot(this::boot), clock);
  }

  /** Opens the lifecycle, and reports warnings on the state file. */
  private UpdateLifecycle open(StateStore store, InstantSource clock) throws Failure {
    if (device().isDefined()) {
      Device.require(device().get());
    }
    UpdateLifecycle lifecycle =
        Failure.orThrow(UpdateLifecycle.open(store, settings().withClock(clock), newEngine()));
    warn(lifecycle.warnings());
    return lifecycle;
  }

  /** Reads the state without a lock, and reports warnings on the state file, also if it is missing. */
  UpdateState read() throws Failure {
    UpdateState state = load();
    warnIfMissing();
    return state;
  }

  /** Warns if there is no state file: the operator may have named another one. */
  void warnIfMissing() {
    if (isStateMissing()) {
      output.warning(statePath() + ": is missing: nothing is recorded");
    }
  }

  private UpdateState load() throws Failure {
    Loaded loaded = Failure.orThrow(StatusReader.load(statePath()));
    warn(loaded.warnings());
    return loaded.state();
  }

  /** Returns whether there is no state file, so that the state is a fresh one. */
  boolean isStateMissing() {
    return Files.notExists(statePath(), LinkOption.NOFOLLOW_LINKS);
  }

  /** Returns the answer of a command that changes nothing. */
  String nothingToDo() {
    return isStateMissing() ? "nothing to do: " + statePath() + " is missing" : "nothing to do";
  }

  private void warn(List<String> warnings) {
    for (String warning : warnings) {
      output.warning(warning);
    }
  }

  /** Reads the state with what it means at this moment: age and deadline. */
  StatusSnapshot status() throws Failure {
    return new StatusSnapshot(load(), boot(), settings(), newEngine().table());
  }

  /** Returns a reader of the status that reports no warnings. */
  StatusReader statusReader() {
    return new StatusReader(
        statePath(), device().toJavaOptional(), this::settings, newEngine(), UpdateAgent.VERSION);
  }

  /** Returns what a command works with on a device directory. */
  UpdateContext updateContext(Path dir) {
    return new UpdateContext(
        dir,
        StateFile.at(statePath()),
        ownSettings(),
        newEngine(),
        this::updateServer,
        new HealthCheckProcess(),
        this::fleetLock,
        new RebootProcess(dir),
        BootRecord::hostUptimeNow,
        ProgressBar.on(output),
        output::message,
        output::warning);
  }

  /** Throws if the configuration of a device is wrong about the update server. */
  void requireServer(Path dir) throws Failure {
    Device.open(dir).config().requireServer();
  }

  /** Makes the client. A wrong value says nothing about an offer: an operator can change it. */
  private UpdateServer updateServer(DeviceConfig config) throws Failure {
    try {
      Optional<Path> authorization = config.authorizationFile().get();
      return new HttpUpdateServer(
          httpSettings(config, config.server().get(), authorization), sleeper);
    } catch (Failure e) {
      throw Failure.of(Failure.Kind.PASSING, e.message());
    }
  }

  private FleetLockServer fleetLock(DeviceConfig config, FleetLock lock) {
    return new HttpFleetLockServer(httpSettings(config, lock.url(), Optional.empty()), lock);
  }

  private HttpSettings httpSettings(
      DeviceConfig config, URI origin, Optional<Path> authorizationFile) {
    return new HttpSettings(
        origin, config.fetchTimeout(), () -> caFile(config), authorizationFile, environment::apply);
  }

  private static Optional<Path> caFile(DeviceConfig config) throws HttpException {
    try {
      return config.caFile().get();
    } catch (Failure e) {
      throw HttpException.waiting(e.message());
    }
  }
}
