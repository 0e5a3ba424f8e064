package io.kubesolo.update.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubesolo.update.agent.http.Retries;
import io.kubesolo.update.agent.io.Failure;
import io.kubesolo.update.persist.StateFile;
import io.vavr.control.Option;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses a command line, runs its command, and returns the exit code. */
public final class UpdateAgent {
  private static final String NAME = "update-agent";

  /** The version of this program, which a test compares with that of the build. */
  public static final String VERSION = "1.0.0-SNAPSHOT";

  static {
    // Without this, picocli looks at each start for Groovy, which opens the jar.
    System.setProperty("picocli.disable.closures", "true");
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
        new PrintStream(OutputStream.nullOutputStream(), true, UTF_8));
    CommandContext context = new CommandContext(
        nowhere,
        InputStream.nullInputStream(),
        name -> null,
        UpdateAgent::sleep,
        StateFile.DEFAULT_PATH);
    CommandSpec agent =
        new UpdateAgent(context).commandLine("--help").getCommandSpec().name(NAME);
    Map<String, String> codes = new LinkedHashMap<>();
    ExitCode.meanings().forEach((code, meaning) -> codes.put(code.toString(), meaning));
    agent
        .version(NAME + " " + VERSION)
        .usageMessage()
        .synopsisSubcommandLabel("COMMAND")
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(codes);
    return agent;
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
    return run(output, input, environment, sleeper, StateFile.DEFAULT_PATH, arguments);
  }

  static int run(
      Output output,
      InputStream input,
      Function<String, @Nullable String> environment,
      Retries.Sleeper sleeper,
      Path defaultState,
      String... arguments) {
    CommandContext context = new CommandContext(output, input, environment, sleeper, defaultState);
    return output.checked(new UpdateAgent(context).run(arguments));
  }

  private int run(String... arguments) {
    CommandSpec command = context.syntax.spec().name(NAME);
    try {
      requireIntact(arguments);
      command = parse(arguments);
      int code = command.userObject() instanceof AgentCommand asked ? asked.call() : ExitCode.OK;
      return ended(command, code);
    } catch (ParameterException e) {
      return usageError(problem(e), e.getCommandLine().getCommandSpec());
    } catch (Failure e) {
      return e.kind() == Failure.Kind.USAGE
          ? usageError(e.message(), command)
          : failed(message(e), ExitCode.of(e.kind()), command);
    } catch (OutOfMemoryError e) {
      return failed(
          e + "; raise the limit of memory or threads, or try again later",
          ExitCode.OTHER,
          command);
    } catch (InterruptedException | RuntimeException | Error e) {
      return failed(internalError(e), ExitCode.OTHER, command);
    }
  }

  /** Returns the message; that of a rejection names the state file, which a wrong option may choose. */
  private String message(Failure failure) {
    return failure.kind() == Failure.Kind.REJECTED
        ? context.statePath() + ": " + failure.message()
        : failure.message();
  }

  private static void requireIntact(String... arguments) throws Failure {
    if (!ArgumentEncoding.isIntact(arguments)) {
      throw Failure.of(
          Failure.Kind.USAGE,
          "an argument is not valid in " + ArgumentEncoding.ofLocale()
              + ": type it in UTF-8 and start the agent by its launcher or with LC_ALL=C.UTF-8");
    }
  }

  /**
   * Parses the arguments, and returns the command to call. A request for help or for the version is
   * answered here, and then the agent itself is returned.
   */
  private CommandSpec parse(String... arguments) throws Failure {
    CommandLine agent = commandLine(arguments);
    ParseResult parsed = agent.parseArgs(arguments);
    while (parsed.hasSubcommand() && !isHelpRequested(parsed)) {
      parsed = parsed.subcommand();
    }
    CommandSpec command = parsed.commandSpec();
    if (parsed.isUsageHelpRequested()) {
      context.output.text(HelpText.of(command, context.output));
      return agent.getCommandSpec();
    }
    if (parsed.isVersionHelpRequested()) {
      Version.lines().forEach(context.output::line);
      return agent.getCommandSpec();
    }
    if (command == agent.getCommandSpec()) {
      throw Failure.of(Failure.Kind.USAGE, "no command is named");
    }
    context.resolve();
    return command;
  }

  private static boolean isHelpRequested(ParseResult parsed) {
    return parsed.isUsageHelpRequested() || parsed.isVersionHelpRequested();
  }

  private CommandLine commandLine(String... arguments) {
    CommandSpec agent = context.syntax.spec();
    for (String name : Commands.meantBy(arguments)) {
      AgentCommand made = (AgentCommand) Commands.make(name, context);
      CommandSpec command = made.syntax.spec();
      for (Map.Entry<String, String> alias : Commands.ALIASES.entrySet()) {
        if (alias.getValue().equals(name)) {
          command.aliases(alias.getKey());
        }
      }
      agent.addSubcommand(name, command);
    }
    return new CommandLine(agent)
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Long.class, UpdateAgent::number)
        .registerConverter(Path.class, UpdateAgent::path);
  }

  private static Long number(String text) {
    try {
      if (text.matches("-?[0-9]+")) {
        return Long.valueOf(text);
      }
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "'" + text + "' is outside " + Long.MIN_VALUE + " to " + Long.MAX_VALUE);
    }
    throw new TypeConversionException("'" + text + "' is not a whole number");
  }

  private static Path path(String text) {
    if (text.isEmpty()) {
      throw new TypeConversionException("the path is empty");
    }
    try {
      Path path = Path.of(text);
      if (!text.equals(AgentCommand.STANDARD_INPUT)) {
        WorkingDirectory.require(path);
      }
      return path;
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          "'" + text + "' is not a path in the encoding of the locale");
    } catch (Failure e) {
      throw new TypeConversionException(e.message());
    }
  }

  private static String problem(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return invalidValue(e).getOrElse(() -> String.valueOf(e.getMessage()));
    }
    String word = unmatched.getUnmatched().get(0);
    CommandSpec command = e.getCommandLine().getCommandSpec();
    String name = word.split("=", 2)[0];
    boolean afterSeparator = command.optionsMap().containsKey(name);
    if (word.startsWith("-") && !word.equals(AgentCommand.STANDARD_INPUT) && !afterSeparator) {
      return "unknown option '" + name + "'" + suggestedOption(name, command);
    }
    if (command.parent() != null) {
      return "unexpected argument '" + word + "'";
    }
    List<String> names = new ArrayList<>(Commands.NAMES);
    names.addAll(Commands.ALIASES.keySet());
    return "unknown command '" + word + "'" + Suggestion.words(word, names);
  }

  /** Returns which argument is missing, or is none of its possible values; none of other errors. */
  private static Option<String> invalidValue(ParameterException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof MissingParameterException missing
        && message.startsWith("Missing required")
        && !message.startsWith("Missing required parameter for")) {
      return Option.some(names(missing.getMissing()) + " is missing");
    }
    ArgSpec argument = e.getArgSpec();
    if (argument == null || !argument.type().isEnum() || e.getValue() == null) {
      return Option.none();
    }
    StringJoiner values = new StringJoiner(", ");
    for (Object value : argument.type().getEnumConstants()) {
      values.add(value.toString());
    }
    return Option.some(
        "%s is one of %s; not '%s'".formatted(names(List.of(argument)), values, e.getValue()));
  }

  private static String names(List<ArgSpec> arguments) {
    StringJoiner names = new StringJoiner(", ");
    for (ArgSpec argument : arguments) {
      names.add(
          argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel());
    }
    return names.toString();
  }

  private static String suggestedOption(String name, CommandSpec command) {
    String words = Suggestion.words(name, command.optionsMap().keySet());
    return words.isEmpty() && command.parent() == null
        ? "; the options of a command come after its name"
        : words;
  }

  private int usageError(String problem, CommandSpec command) {
    String page = command.qualifiedName() + (command.name().equals("help") ? "" : " --help");
    context.output.error(problem + (problem.endsWith("?") ? " See " : "; see ") + page);
    return ExitCode.USAGE;
  }

  private int failed(String problem, int code, CommandSpec command) {
    context.output.error(problem);
    return ended(command, code);
  }

  private int ended(CommandSpec command, int code) {
    if (context.isJson()) {
      context.output.end(command.name(), code);
    }
    return code;
  }

  private static String internalError(Throwable e) {
    StackTraceElement[] where = e.getStackTrace();
    return "internal error, please report it: %s at %s"
        .formatted(e, where.length == 0 ? "an unknown place" : where[0]);
  }
}
