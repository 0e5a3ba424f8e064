package io.kubesolo.update.agent.packaging;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The manual page of a command, generated from its syntax in the macros of {@code man(7)}. */
final class ManualPage {
  private final CommandSpec command;
  private final StringBuilder page = new StringBuilder();

  private ManualPage(CommandSpec command) {
    this.command = command;
  }

  /** Returns the name of the page of a command. */
  static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  /**
   * Returns the page of a command.
   *
   * @param appendix more sections of the page, in the macros of {@code man(7)}
   */
  static String of(CommandSpec command, String version, String date, String appendix) {
    return new ManualPage(command).text(version, date, appendix);
  }

  private String text(String version, String date, String appendix) {
    UsageMessageSpec usage = command.usageMessage();
    page.append(".TH %s 1 \"%s\" \"%s\" \"User Commands\"\n"
        .formatted(
            roff(name(command).toUpperCase(Locale.ROOT)),
            date,
            roff(command.root().name() + " " + version)));
    section("NAME");
    line(roff(name(command)) + " \\- " + roff(phrase(usage.description()[0])));
    section("SYNOPSIS");
    synopsis();
    section("DESCRIPTION");
    line(roff(String.join(" ", usage.description())));
    if (command.aliases().length > 0) {
      page.append(".PP\n");
      line("Another name of the command is " + bold(String.join(", ", command.aliases())) + ".");
    }
    arguments();
    if (isAgent()) {
      commands();
      exitStatus();
    }
    examples();
    page.append(appendix);
    seeAlso();
    return page.toString();
  }

  private boolean isAgent() {
    return command.parent() == null;
  }

  private void synopsis() {
    StringJoiner words = new StringJoiner(" ");
    words.add(bold(command.root().name()));
    words.add("[" + italic("OPTION") + "...]");
    words.add(isAgent() ? italic("COMMAND") : bold(command.name()));
    if (isAgent()) {
      words.add("[" + italic("ARGUMENT") + "...]");
    } else {
      ownOptions().forEach(option -> words.add(bracketed(term(option), option.required())));
      command
          .positionalParameters()
          .forEach(value ->
              words.add(bracketed(italic(value.paramLabel()), value.arity().min() > 0)));
    }
    line(words.toString());
  }

  private static String bracketed(String word, boolean required) {
    return required ? word : "[" + word + "]";
  }

  private void arguments() {
    if (!command.positionalParameters().isEmpty()) {
      section("ARGUMENTS");
      for (PositionalParamSpec value : command.positionalParameters()) {
        entry(italic(value.paramLabel()), description(value));
      }
    }
    List<OptionSpec> options = isAgent() ? command.options() : ownOptions();
    if (!options.isEmpty()) {
      section("OPTIONS");
      options.forEach(option -> entry(term(option), description(option)));
    }
    if (!isAgent()) {
      page.append(".PP\n");
      line("The options of every command, exit status, environment and files are described in "
          + reference(command.root()) + ".");
    }
  }

  /** Returns the options that this command alone has. */
  private List<OptionSpec> ownOptions() {
    List<OptionSpec> own = new ArrayList<>();
    for (OptionSpec option : command.options()) {
      if (!option.inherited() && command.root().findOption(option.longestName()) == null) {
        own.add(option);
      }
    }
    return own;
  }

  private static String term(OptionSpec option) {
    StringJoiner names = new StringJoiner(", ");
    for (String name : option.names()) {
      names.add(bold(name));
    }
    return option.arity().max() == 0 ? names.toString() : names + " " + italic(option.paramLabel());
  }

  private static String description(ArgSpec argument) {
    String text = String.join(" ", argument.description());
    Iterable<String> candidates = argument.completionCandidates();
    return candidates == null
        ? text
        : text.replace(
            "${COMPLETION-CANDIDATES}",
            StreamSupport.stream(candidates.spliterator(), false)
                .collect(Collectors.joining(", ")));
  }

  private void commands() {
    section("COMMANDS");
    for (CommandLine subcommand :
        command.subcommands().values().stream().distinct().toList()) {
      CommandSpec spec = subcommand.getCommandSpec();
      entry(reference(spec), spec.usageMessage().description()[0]);
    }
  }

  private void exitStatus() {
    section("EXIT STATUS");
    for (Map.Entry<String, String> code : command.usageMessage().exitCodeList().entrySet()) {
      entry(bold(code.getKey().strip()), code.getValue());
    }
  }

  private void examples() {
    @Nullable String[] lines = command.usageMessage().footer();
    if (lines.length == 0) {
      return;
    }
    section("EXAMPLES");
    page.append(".nf\n");
    for (String example : lines) {
      line(roff(String.valueOf(example).stripLeading()));
    }
    page.append(".fi\n");
  }

  private void seeAlso() {
    section("SEE ALSO");
    if (isAgent()) {
      line("The pages of the commands, such as " + bold(command.name() + "-status") + "(1).");
    } else {
      line(reference(command.root()));
    }
  }

  private void section(String title) {
    page.append(".SH ").append(title).append('\n');
  }

  private void entry(String term, String description) {
    page.append(".TP\n");
    line(term);
    line(roff(description));
  }

  /** Adds a line of text, which is not read as a macro. */
  private void line(String text) {
    page.append(text.startsWith(".") || text.startsWith("'") ? "\\&" : "")
        .append(text)
        .append('\n');
  }

  private static String reference(CommandSpec command) {
    return bold(name(command)) + "(1)";
  }

  private static String bold(String text) {
    return "\\fB" + roff(text) + "\\fR";
  }

  private static String italic(String text) {
    return "\\fI" + roff(text) + "\\fR";
  }

  /**
   * Returns a sentence as the short description that {@code whatis} prints: it begins with a small
   * letter and has no full stop.
   */
  private static String phrase(String sentence) {
    String first = sentence.replaceFirst("[.;:].*$", "");
    return first.substring(0, 1).toLowerCase(Locale.ROOT) + first.substring(1);
  }

  /** Escapes all characters that have a meaning in roff. */
  private static String roff(String text) {
    return text.replace("\\", "\\e")
        .replace("-", "\\-")
        .replace("'", "\\(aq")
        .replace("`", "\\(ga")
        .replace("^", "\\(ha")
        .replace("~", "\\(ti");
  }
}
