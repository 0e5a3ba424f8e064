package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.fsm.LifecycleEngine;
import io.kubesolo.update.fsm.LifecycleSettings;
import io.kubesolo.update.fsm.LinuxBoot;
import io.kubesolo.update.fsm.SpringEngine;
import io.kubesolo.update.fsm.TableEngine;
import io.kubesolo.update.fsm.UpdateLifecycle;
import io.kubesolo.update.persist.ProcessLock;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Either;
import io.vavr.control.Option;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: global options, and what every command needs. */
@Command(
    name = "update-agent",
    description = "Keeps the lifecycle of an A/B operating-system update.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    version = "update-agent 1.0.0-SNAPSHOT",
    subcommands = {
      SendCommand.class,
      ReplayCommand.class,
      StatusCommand.class,
      HistoryCommand.class,
      EventsCommand.class,
      ReconcileCommand.class,
      RepairCommand.class,
      CheckCommand.class,
      ApplyCommand.class,
      ActivateCommand.class,
      HealthcheckCommand.class,
      RollbackCommand.class,
      CancelCommand.class,
      AckCommand.class,
      BootCommand.class,
      DemoCommand.class,
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed for another reason",
      "2:the command line makes no sense",
      "10:the event was rejected",
      "11:the state file is unreadable or invalid",
      "12:not persisted, or the lock or directory cannot be made",
      "13:busy: another process holds the lock",
    })
final class Main {
  static final String STATE_VARIABLE = "KUBESOLO_UPDATE_STATE";
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

  @Spec
  CommandSpec spec;

  @CommandLine.Option(
      names = "--state",
      paramLabel = "PATH",
      description = {
        "The state file; without it $" + STATE_VARIABLE + ",",
        "else state.json in the device directory,",
        "else /var/lib/kubesolo/update/state.json."
      })
  @Nullable
  Path state;

  @CommandLine.Option(
      names = "--device",
      paramLabel = "DIR",
      description = "The device directory; without it $" + DEVICE_VARIABLE + ".")
  @Nullable
  Path device;

  @CommandLine.Option(
      names = "--max-attempts",
      paramLabel = "N",
      defaultValue = "3",
      description = "Attempts allowed at one version; 0 is no limit (default: ${DEFAULT-VALUE}).")
  long maxAttempts;

  @CommandLine.Option(
      names = "--engine",
      paramLabel = "table|spring",
      defaultValue = "table",
      description = {
        "What decides events: the compiled table,",
        "or Spring Statemachine itself (default: ${DEFAULT-VALUE})."
      })
  Engine engine;

  final Output output;
  final InputStream input;
  final Function<String, @Nullable String> environment;

  private Main(Output output, InputStream input, Function<String, @Nullable String> environment) {
    this.output = output;
    this.input = input;
    this.environment = environment;
  }

  /**
   * Runs one command and ends the process with its exit code.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    int code = run(Output.ofProcess(), System.in, System::getenv, arguments);
    System.exit(code);
  }

  /** Runs one command and returns its exit code. */
  static int run(
      Output output,
      InputStream input,
      Function<String, @Nullable String> environment,
      String... arguments) {
    Main main = new Main(output, input, environment);
    int code = new CommandLine(main)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(output.out(), true, UTF_8))
        .setColorScheme(CommandLine.Help.defaultColorScheme(
            output.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
        .setParameterExceptionHandler((wrong, ignored) -> main.usage(wrong))
        .setExecutionExceptionHandler((bug, where, ignored) -> main.internalError(bug))
        .execute(arguments);
    Option<String> lost = output.out().failure();
    lost.forEach(reason -> output.error("standard output cannot be written: " + reason));
    return lost.isDefined() && code == ExitCode.OK ? ExitCode.OTHER : code;
  }

  private int usage(ParameterException wrong) {
    String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
    String problem = wrong instanceof UnmatchedArgumentException unmatched
        ? "unknown command or argument '" + String.join(" ", unmatched.getUnmatched()) + "'"
        : wrong.getMessage();
    output.error(problem + "; see " + command + " --help");
    return ExitCode.USAGE;
  }

  private int internalError(Exception bug) {
    if (bug instanceof ParameterException wrong) {
      return usage(wrong);
    }
    StackTraceElement[] where = bug.getStackTrace();
    output.error("internal error, please report it: %s at %s"
        .formatted(bug, where.length == 0 ? "an unknown place" : where[0]));
    return ExitCode.OTHER;
  }

  Path statePath() {
    if (state != null) {
      return state;
    }
    return fromEnvironment(STATE_VARIABLE)
        .orElse(() -> device().map(Device::state))
        .getOrElse(StateFile.DEFAULT_PATH);
  }

  /** The device directory, where one is named. */
  Option<Path> device() {
    return Option.of(device).orElse(() -> fromEnvironment(DEVICE_VARIABLE));
  }

  private Option<Path> fromEnvironment(String variable) {
    return Option.of(environment.apply(variable))
        .filter(path -> !path.isEmpty())
        .map(Path::of);
  }

  StateFile file(InstantSource clock) {
    return StateFile.at(statePath(), clock);
  }

  StateFile file() {
    return file(InstantSource.system());
  }

  Option<Boot> boot() {
    return device().isEmpty() ? LinuxBoot.now() : Device.boot(device().get(), Bench.uptimeOfHost());
  }

  LifecycleEngine newEngine() {
    return switch (engine) {
      case TABLE -> new TableEngine();
      case SPRING -> new SpringEngine();
    };
  }

  LifecycleSettings settings() {
    if (maxAttempts < 0) {
      throw new ParameterException(spec.commandLine(), "--max-attempts is negative");
    }
    return LifecycleSettings.DEFAULT.withMaxAttempts(maxAttempts).withBoot(this::boot);
  }

  Either<StoreFailure, UpdateLifecycle> open() {
    return open(InstantSource.system());
  }

  /** Opens the lifecycle with a clock, and reports what is odd about the file. */
  Either<StoreFailure, UpdateLifecycle> open(InstantSource clock) {
    return UpdateLifecycle.open(file(clock), settings().withClock(clock), newEngine())
        .peek(lifecycle -> lifecycle.warnings().forEach(output::warning));
  }

  /** Runs what does a phase's work, or reconciles, while nobody else does; does not wait. */
  int working(IntSupplier work) {
    Path path = statePath();
    Either<StoreFailure, ProcessLock.Held> lock =
        ProcessLock.acquire(path.resolveSibling(path.getFileName() + ".work.lock"), Duration.ZERO);
    if (lock.isLeft()) {
      return fail(lock.getLeft());
    }
    try {
      return work.getAsInt();
    } finally {
      lock.get().close();
    }
  }

  /** Reads the state without a lock, and reports what is odd about the file. */
  Either<StoreFailure, Loaded> read() {
    return file().read().peek(loaded -> loaded.warnings().forEach(output::warning));
  }

  /** Reports why a command ends early. */
  int fail(Rejection rejection) {
    output.error(rejection.message());
    return ExitCode.of(rejection);
  }
}
