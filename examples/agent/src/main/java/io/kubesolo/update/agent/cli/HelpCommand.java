package io.kubesolo.update.agent.cli;

import io.kubesolo.update.agent.io.Failure;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Explains the agent or one of its commands. */
final class HelpCommand extends AgentCommand {
  private @Nullable String command;

  HelpCommand(CommandContext context) {
    super(context, "Explains the agent, or one of its commands.");
    syntax
        .optionalParameter(
            "COMMAND", Commands.NAMES, name -> command = name, "The command to explain.")
        .example("  update-agent help send");
  }

  @Override
  public Integer call() throws Failure {
    CommandLine agent = syntax.spec().root().commandLine();
    CommandLine subject = command == null ? agent : agent.getSubcommands().get(command);
    if (subject == null) {
      throw wrong("unknown command '" + command + "'"
          + Suggestion.words(String.valueOf(command), Commands.NAMES));
    }
    context.output.text(HelpText.of(subject.getCommandSpec(), context.output));
    return ExitCode.OK;
  }
}
