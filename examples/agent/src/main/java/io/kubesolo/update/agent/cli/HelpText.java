package io.kubesolo.update.agent.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The help of a command, in the width of the terminal. */
final class HelpText {
  /** The longest line; longer ones are hard to read. */
  private static final int MAX_WIDTH = 100;

  /** On a terminal that is narrower, a description is below its term. */
  private static final int TWO_COLUMNS = 60;

  private static final int LONGEST_TERM = 28;

  private final CommandSpec spec;
  private final Output output;
  private final int width;
  private final StringBuilder text = new StringBuilder();

  private HelpText(CommandSpec spec, Output output) {
    this.spec = spec;
    this.output = output;
    int columns = output.terminal().width();
    this.width = columns == 0 ? Terminal.USUAL_WIDTH : Math.min(columns, MAX_WIDTH);
  }

  static String of(CommandSpec spec, Output output) {
    return new HelpText(spec, output).text();
  }

  private String text() {
    boolean isRoot = spec.parent() == null;
    paragraph("Usage: " + spec.qualifiedName() + (isRoot ? " COMMAND [OPTION...]" : synopsis()), 7);
    text.append('\n');
    String[] description = spec.usageMessage().description();
    paragraph(description[0], 0);
    if (description.length > 1) {
      paragraph(String.join(" ", Arrays.asList(description).subList(1, description.length)), 0);
    }
    if (spec.aliases().length > 0) {
      paragraph("Another name: " + String.join(", ", spec.aliases()), 0);
    }
    if (isRoot) {
      Commands.GROUPS.forEach(
          (group, names) -> terms(group + " commands", commands(names), Style.BOLD));
      terms("Options, before or after the command", options(true), Style.YELLOW);
      terms("Exit codes", exitCodes(), Style.BOLD);
    } else {
      terms("Arguments", parameters(), Style.YELLOW);
      terms("Options", options(false), Style.YELLOW);
      text.append('\n');
      paragraph("Options of every command: " + globalOptions() + "; see update-agent help", 0);
    }
    examples();
    return text.toString();
  }

  private String synopsis() {
    StringJoiner parts = new StringJoiner(" ", " ", "").setEmptyValue("");
    for (OptionSpec option : ownOptions()) {
      parts.add(bracketed(term(option), option.required()));
    }
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      parts.add(bracketed(parameter.paramLabel(), parameter.required()));
    }
    return parts.toString();
  }

  private static String bracketed(String part, boolean required) {
    return required ? part : "[" + part + "]";
  }

  private List<OptionSpec> ownOptions() {
    return spec.options().stream()
        .filter(option -> !option.inherited() && !isStandard(option))
        .toList();
  }

  /** Returns whether it is the option for help or for the version. */
  private static boolean isStandard(OptionSpec option) {
    return option.usageHelp() || option.versionHelp();
  }

  private Map<String, String> options(boolean standardToo) {
    Map<String, String> terms = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      if (!option.inherited() && (standardToo || !isStandard(option))) {
        terms.put(term(option), description(option));
      }
    }
    return terms;
  }

  private static String term(OptionSpec option) {
    String names = String.join(", ", option.names());
    return option.arity().max() == 0 ? names : names + " " + option.paramLabel();
  }

  private Map<String, String> parameters() {
    Map<String, String> terms = new LinkedHashMap<>();
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      terms.put(parameter.paramLabel(), description(parameter));
    }
    return terms;
  }

  private static String description(ArgSpec argument) {
    return String.join(" ", argument.description());
  }

  private Map<String, String> commands(List<String> names) {
    Map<String, String> terms = new LinkedHashMap<>();
    for (String name : names) {
      CommandLine command = spec.subcommands().get(name);
      if (command != null) {
        terms.put(name, command.getCommandSpec().usageMessage().description()[0]);
      }
    }
    return terms;
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> terms = new LinkedHashMap<>();
    ExitCode.meanings().forEach((code, meaning) -> terms.put(code.toString(), meaning));
    return terms;
  }

  private String globalOptions() {
    StringJoiner names = new StringJoiner(", ");
    spec.root().options().forEach(option -> names.add(option.longestName()));
    return names.toString();
  }

  private void terms(String heading, Map<String, String> terms, Style style) {
    if (terms.isEmpty()) {
      return;
    }
    text.append('\n').append(heading).append(":\n");
    int longest = terms.keySet().stream()
        .mapToInt(String::length)
        .filter(n -> n <= LONGEST_TERM)
        .max()
        .orElse(0);
    terms.forEach((term, description) -> term(term, description, longest + 4, style));
  }

  private void term(String term, String description, int column, Style style) {
    boolean below = width < TWO_COLUMNS || term.length() > column - 3;
    int indent = width < TWO_COLUMNS ? 6 : column;
    List<String> lines = new ArrayList<>(TextLayout.wrap(description, width - indent));
    text.append("  ").append(output.styled(style, term));
    if (!below) {
      text.append(" ".repeat(column - 2 - term.length())).append(lines.remove(0));
    }
    text.append('\n');
    lines.forEach(line -> text.append(" ".repeat(indent)).append(line).append('\n'));
  }

  /** Adds a text whose lines but the first are indented. */
  private void paragraph(String paragraph, int indent) {
    text.append(String.join("\n" + " ".repeat(indent), TextLayout.wrap(paragraph, width - indent)))
        .append('\n');
  }

  private void examples() {
    String[] lines = spec.usageMessage().footer();
    if (lines.length > 0) {
      text.append(lines.length == 1 ? "\nExample:\n" : "\nExamples:\n");
      Arrays.stream(lines).forEach(line -> text.append(line).append('\n'));
    }
  }
}
