package io.kubesolo.update.agent.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Generates a completion script for fish, for which picocli has none. */
final class FishCompletion {
  /** Functions that find the command in a line: it comes after global options and their values. */
  private static final String FUNCTIONS = """
      # Completes the command lines of %1$s in fish.
      function __%2$s_command
          set -l words (commandline -opc)
          set -e words[1]
          while set -q words[1]
              switch $words[1]
                  case %3$s
                      set -e words[1]
                  case '-*'
                  case '*'
                      echo $words[1]
                      return 0
              end
              set -q words[1]; and set -e words[1]
          end
          return 1
      end
      function __%2$s_command_is
          contains -- (__%2$s_command) $argv
      end
      complete -c %1$s -e
      complete -c %1$s -f
      """;

  private final CommandSpec agent;
  private final String function;
  private final StringBuilder script = new StringBuilder();

  private FishCompletion(CommandSpec agent) {
    this.agent = agent;
    this.function = "__" + agent.name().replace('-', '_') + "_command";
  }

  /** Returns the script for a command and its subcommands. */
  static String of(CommandSpec agent) {
    return new FishCompletion(agent).script();
  }

  private String script() {
    String valued = agent.options().stream()
        .filter(option -> option.arity().max() > 0)
        .flatMap(option -> List.of(option.names()).stream())
        .collect(Collectors.joining(" "));
    script.append(FUNCTIONS.formatted(agent.name(), agent.name().replace('-', '_'), valued));
    agent.options().forEach(option -> option(option, ""));
    agent
        .subcommands()
        .forEach((name, command) -> line(
            "not " + function,
            "-a " + name + " -d "
                + quoted(summary(command.getCommandSpec().usageMessage().description()))));
    agent.subcommands().values().stream()
        .map(command -> command.getCommandSpec())
        .distinct()
        .forEach(this::command);
    return script.toString();
  }

  private void command(CommandSpec command) {
    String condition = function + "_is " + String.join(" ", command.names());
    for (OptionSpec option : command.options()) {
      if (!option.inherited() && agent.findOption(option.longestName()) == null) {
        option(option, condition);
      }
    }
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      line(condition, values(parameter));
    }
  }

  private void option(OptionSpec option, String condition) {
    StringBuilder words = new StringBuilder();
    for (String name : option.names()) {
      words.append(name.startsWith("--") ? "-l " : "-s ").append(name.replaceFirst("^--?", ""));
      words.append(' ');
    }
    if (option.arity().max() > 0) {
      words.append("-r ").append(values(option)).append(' ');
    }
    line(condition, words + "-d " + quoted(summary(option.description())));
  }

  /** Returns what completes the value of an argument: given words, files, or nothing. */
  private static String values(ArgSpec argument) {
    Iterable<String> candidates = argument.completionCandidates();
    if (candidates != null && candidates.iterator().hasNext()) {
      return "-f -a "
          + quoted(StreamSupport.stream(candidates.spliterator(), false)
              .collect(Collectors.joining(" ")));
    }
    return argument.type() == Path.class ? "-F" : "-f";
  }

  private void line(String condition, String words) {
    script.append("complete -c ").append(agent.name());
    if (!condition.isEmpty()) {
      script.append(" -n ").append(quoted(condition));
    }
    script.append(' ').append(words).append('\n');
  }

  /** Returns a description up to the end of its first sentence or clause. */
  private static String summary(String... description) {
    return String.join(" ", description).replaceAll("(?s)[.;:(,](\\s.*)?$", "").strip();
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
