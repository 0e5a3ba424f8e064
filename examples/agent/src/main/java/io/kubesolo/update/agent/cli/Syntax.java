package io.kubesolo.update.agent.cli;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ScopeType;

/**
 * The syntax of one command's command line, in picocli's model. The model is built directly,
 * because reading it from annotations takes longer than most commands do.
 */
final class Syntax {
  /** Whether an option without a value was given. */
  static final class Flag implements Runnable {
    private boolean given;

    @Override
    public void run() {
      given = true;
    }

    boolean isGiven() {
      return given;
    }
  }

  /** The value of an option or parameter. */
  static final class Value<T> implements Consumer<T> {
    private @Nullable T given;

    @Override
    public void accept(T value) {
      given = value;
    }

    /** Returns the value, or null if none was given. */
    @Nullable
    T get() {
      return given;
    }

    T getOrElse(T defaultValue) {
      return given == null ? defaultValue : given;
    }
  }

  private final CommandSpec spec;

  private final Set<String> given = new HashSet<>();
  private final Set<String> repeated = new TreeSet<>();

  private Syntax(CommandSpec spec) {
    this.spec = spec;
  }

  /** Returns the syntax of a command that has the options for help and version only. */
  static Syntax of(Object command, String... description) {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(command);
    spec.usageMessage().description(description);
    spec.addOption(OptionSpec.builder("-h", "--help")
        .arity("0")
        .usageHelp(true)
        .description("Show this help message and exit.")
        .build());
    spec.addOption(OptionSpec.builder("-V", "--version")
        .arity("0")
        .versionHelp(true)
        .description("Print version information and exit.")
        .build());
    return new Syntax(spec);
  }

  CommandSpec spec() {
    return spec;
  }

  /** Adds an option without a value; one that is given a value, such as false, is an error. */
  Syntax flag(String name, Runnable given, String... description) {
    spec.addOption(OptionSpec.builder(name)
        .type(boolean.class)
        .arity("0")
        .setter(new FlagSetter(given))
        .description(description)
        .build());
    return this;
  }

  /** Adds an option with a value. */
  <T> Syntax option(
      String name, String label, Class<T> type, Consumer<T> given, String... description) {
    spec.addOption(valued(name, label, type, given, description).build());
    return this;
  }

  /** Adds an option with a value, which is also accepted after the name of a command. */
  <T> Syntax global(
      String name, String label, Class<T> type, Consumer<T> setter, String... description) {
    spec.addOption(valued(name, label, type, new Once<>(name, setter), description)
        .scopeType(ScopeType.INHERIT)
        .build());
    return this;
  }

  /** Returns the global options that were given twice, which picocli notices in one place only. */
  Set<String> repeated() {
    return repeated;
  }

  /** Adds an option with a value, which must be given. */
  <T> Syntax required(
      String name, String label, Class<T> type, Consumer<T> given, String... description) {
    spec.addOption(valued(name, label, type, given, description).required(true).build());
    return this;
  }

  /** Adds a required option whose value is a text; a shell completes one of the candidates. */
  Syntax required(
      String name,
      String label,
      List<String> candidates,
      Consumer<String> given,
      String... description) {
    spec.addOption(valued(name, label, String.class, given, description)
        .completionCandidates(candidates)
        .required(true)
        .build());
    return this;
  }

  private static <T> OptionSpec.Builder valued(
      String name, String label, Class<T> type, Consumer<T> given, String... description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .type(type)
        .setter(new Setter<>(given))
        .description(description);
  }

  /** Adds a positional value, which must be given. */
  <T> Syntax parameter(String label, Class<T> type, Consumer<T> given, String... description) {
    spec.addPositional(positional(label, type, given, description).build());
    return this;
  }

  /** Adds a positional text, which may be left out; a shell completes it. */
  Syntax optionalParameter(
      String label, List<String> candidates, Consumer<String> given, String... description) {
    spec.addPositional(positional(label, String.class, given, description)
        .completionCandidates(candidates)
        .required(false)
        .arity("0..1")
        .build());
    return this;
  }

  /** Adds a positional text, which must be given; a shell completes it. */
  Syntax parameter(
      String label, List<String> candidates, Consumer<String> given, String... description) {
    spec.addPositional(positional(label, String.class, given, description)
        .completionCandidates(candidates)
        .build());
    return this;
  }

  /**
   * Adds any number of positional texts, which are passed on one by one; a shell completes them.
   */
  Syntax words(
      String label, List<String> candidates, Consumer<String> given, String... description) {
    spec.addPositional(positional(label, String[].class, words -> {}, description)
        .setter(new Setter<String[]>(words -> List.of(words).forEach(given)))
        .completionCandidates(candidates)
        .required(false)
        .arity("0..*")
        .build());
    return this;
  }

  private static <T> PositionalParamSpec.Builder positional(
      String label, Class<T> type, Consumer<T> given, String... description) {
    return PositionalParamSpec.builder()
        .paramLabel(label)
        .type(type)
        .required(true)
        .arity("1")
        .setter(new Setter<>(given))
        .description(description);
  }

  /** Adds examples of use, which are shown below the help. */
  Syntax example(String... lines) {
    spec.usageMessage().footer(lines);
    return this;
  }

  /** Passes on the value of a global option, and notices a second one. */
  private final class Once<T> implements Consumer<T> {
    private final String name;
    private final Consumer<T> setter;

    Once(String name, Consumer<T> setter) {
      this.name = name;
      this.setter = setter;
    }

    @Override
    public void accept(T value) {
      if (!given.add(name)) {
        repeated.add(name);
      }
      setter.accept(value);
    }
  }

  /** Reports to the command that an option without a value is given. */
  private record FlagSetter(Runnable given) implements ISetter {
    @Override
    public <T> @Nullable T set(@Nullable T value) {
      if (value != null) {
        given.run();
      }
      return value;
    }
  }

  /** Passes a value on if one is given. */
  private record Setter<V>(Consumer<V> given) implements ISetter {
    @Override
    @SuppressWarnings("unchecked") // picocli converts a value to the option's type first
    public <T> @Nullable T set(@Nullable T value) {
      if (value != null) {
        given.accept((V) value);
      }
      return value;
    }
  }
}
