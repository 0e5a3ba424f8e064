package io.kubesolo.update.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.core.Boot;
import io.kubesolo.update.core.Deadlines;
import io.kubesolo.update.core.Rejection;
import io.kubesolo.update.core.Rejection.StoreFailure;
import io.kubesolo.update.core.StateStore.Loaded;
import io.kubesolo.update.core.UpdateState;
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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line: global options, and what every command needs. */
final class Main {
  static final String STATE_VARIABLE = "KUBESOLO_UPDATE_STATE";
  static final String DEVICE_VARIABLE = "KUBESOLO_UPDATE_DEVICE";

  static {
    // What picocli would else look for at each start: Groovy, which opens the jar, and converters
    // of
    // types that no option has.
    System.setProperty("picocli.disable.closures", "true");
    System.setProperty("picocli.converters.excludes", "java\\.(sql|time)\\..*");
  }

  /** What decides events. */
  enum Engine {
    TABLE,
    SPRING;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Syntax syntax = Syntax.of(
          this, "Keeps the lifecycle of an A/B operating-system update.")
      .option(
          "--state",
          "PATH",
          Path.class,
          path -> state = path,
          "The state file; without it $" + STATE_VARIABLE + ",",
          "else state.json in the device directory,",
          "else /var/lib/kubesolo/update/state.json.")
      .option(
          "--device",
          "DIR",
          Path.class,
          dir -> device = dir,
          "The device directory; without it $" + DEVICE_VARIABLE + ".")
      .option(
          "--max-attempts",
          "N",
          Long.class,
          attempts -> maxAttempts = attempts,
          "Attempts allowed at one version; 0 is no limit (default: 3).")
      .option(
          "--deadlines",
          "PHASE=D,...",
          String.class,
          given -> deadlines = given,
          "How long a phase may last, such as downloading=2h, or none",
          "(default: checking=5m,downloading=6h,verifying=30m).")
      .option(
          "--engine",
          "table|spring",
          Engine.class,
          chosen -> engine = chosen,
          "What decides events: the compiled table,",
          "or Spring Statemachine itself (default: table).");

  private @Nullable Path state;
  private @Nullable Path device;
  private long maxAttempts = 3;
  private @Nullable String deadlines;
  private Engine engine = Engine.TABLE;

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
    System.exit(run(Output.ofProcess(), arguments));
  }

  /** Runs one command with the input and environment of this process. */
  static int run(Output output, String... arguments) {
    return run(output, System.in, System::getenv, arguments);
  }

  /** Runs one command and returns its exit code. */
  static int run(
      Output output,
      InputStream input,
      Function<String, @Nullable String> environment,
      String... arguments) {
    Main main = new Main(output, input, environment);
    int code = new CommandLine(main.syntax(arguments))
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

  private CommandSpec syntax(String... arguments) {
    CommandSpec spec = syntax.spec().name("update-agent").version("update-agent 1.0.0-SNAPSHOT");
    for (String name : Commands.meantBy(arguments)) {
      CommandSpec subcommand = Commands.make(name, this).syntax.spec();
      spec.addSubcommand(name, subcommand.version(spec.version()));
    }
    spec.usageMessage()
        .synopsisSubcommandLabel("COMMAND")
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(UsageMessageSpec.keyValuesMap(
            "0:done",
            "1:failed for another reason",
            "2:the command line makes no sense",
            "10:the event was rejected",
            "11:the state file is unreadable or invalid",
            "12:not persisted, or the lock or directory cannot be made",
            "13:busy: another process holds the lock"));
    return spec;
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
      throw new ParameterException(syntax.spec().commandLine(), "--max-attempts is negative");
    }
    LifecycleSettings settings =
        LifecycleSettings.DEFAULT.withMaxAttempts(maxAttempts).withBoot(this::boot);
    return deadlines == null ? settings : settings.withDeadlines(chosen(deadlines));
  }

  private Deadlines chosen(String text) {
    return DeadlineOption.parse(text)
        .getOrElseThrow(problem -> new ParameterException(syntax.spec().commandLine(), problem));
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

  /** What follows from a state at this moment. */
  Standing standing(UpdateState state) {
    return new Standing(state, boot(), settings(), newEngine().table());
  }

  /** What looks at the state again and again. */
  Observer observer() {
    return new Observer(statePath(), settings(), newEngine().table());
  }

  /** Reports why a command ends early. */
  int fail(Rejection rejection) {
    output.error(rejection.message());
    return ExitCode.of(rejection);
  }
}
