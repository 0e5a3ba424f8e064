package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.http.Retries;
import io.kubesolo.update.agent.io.Failure;
import io.vavr.control.Option;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses a command line, runs its command, and makes its exit code. */
public final class UpdateAgent {
  /** The version of this program. */
  static final String VERSION = "1.0.0-SNAPSHOT";

  static {
    // Without these, picocli looks at each start for Groovy, which opens the jar, and for
    // converters
    // to types that no option has.
    System.setProperty("picocli.disable.closures", "true");
    System.setProperty("picocli.converters.excludes", "java\\.(sql|time)\\..*");
  }

  private final CommandContext context;

  private UpdateAgent(CommandContext context) {
    this.context = context;
  }

  /** Runs one command with the input and environment of this process, and returns its exit code. */
  public static int run(Output output, String... arguments) {
    return run(output, System.in, System::getenv, arguments);
  }

  /** Runs one command and returns its exit code. */
  public static int run(
      Output output,
      InputStream input,
      Function<String, @Nullable String> environment,
      String... arguments) {
    return run(output, input, environment, UpdateAgent::sleep, arguments);
  }

  /** Returns the syntax of all commands, from which manual pages are made. */
  public static CommandSpec syntax() {
    Output nowhere = new Output(
        new ResultStream(OutputStream.nullOutputStream()),
        new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
        false);
    CommandContext context = new CommandContext(
        nowhere, InputStream.nullInputStream(), name -> null, UpdateAgent::sleep);
    CommandSpec syntax = new UpdateAgent(context).syntax("--help");
    return new CommandLine(syntax).getCommandSpec();
  }

  private static void sleep(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }

  /**
   * Runs one command and returns its exit code.
   *
   * @param sleeper waits between two requests to a server
   */
  public static int run(
      Output output,
      InputStream input,
      Function<String, @Nullable String> environment,
      Retries.Sleeper sleeper,
      String... arguments) {
    UpdateAgent agent = new UpdateAgent(new CommandContext(output, input, environment, sleeper));
    int code = new CommandLine(agent.syntax(arguments))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(output.out(), true, UTF_8))
        .setColorScheme(CommandLine.Help.defaultColorScheme(
            output.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
        .setParameterExceptionHandler((wrong, ignored) -> agent.usage(wrong))
        .setExecutionExceptionHandler((cause, where, ignored) -> agent.failed(cause))
        .execute(arguments);
    Option<String> lost = output.out().failure();
    lost.forEach(reason -> output.error("standard output cannot be written: " + reason));
    return lost.isDefined() && code == ExitCode.OK ? ExitCode.OTHER : code;
  }

  private CommandSpec syntax(String... arguments) {
    CommandSpec spec =
        context.syntax.spec().name("update-agent").version("update-agent " + VERSION);
    for (String name : Commands.meantBy(arguments)) {
      CommandSpec subcommand = Commands.make(name, context).syntax.spec();
      Commands.ALIASES.forEach((alias, command) -> {
        if (command.equals(name)) {
          subcommand.aliases(alias);
        }
      });
      spec.addSubcommand(name, subcommand.version(spec.version()));
    }
    spec.usageMessage()
        .synopsisSubcommandLabel("COMMAND")
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(UsageMessageSpec.keyValuesMap(
            "0:done",
            "1:failed for another reason",
            "2:usage error",
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
    context.output.error(problem + "; see " + command + " --help");
    return ExitCode.USAGE;
  }

  private int failed(Exception cause) {
    if (cause instanceof Failure failure) {
      context.output.error(failure.message());
      return ExitCode.of(failure.kind());
    }
    if (cause instanceof ParameterException wrong) {
      return usage(wrong);
    }
    StackTraceElement[] where = cause.getStackTrace();
    context.output.error("internal error, please report it: %s at %s"
        .formatted(cause, where.length == 0 ? "an unknown place" : where[0]));
    return ExitCode.OTHER;
  }
}
