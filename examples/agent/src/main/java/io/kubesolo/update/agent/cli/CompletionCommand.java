package io.kubesolo.update.agent.cli;

import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;

/** Prints what lets a shell complete command lines of the agent. */
final class CompletionCommand extends AgentCommand {
  /** The shells for which there is a script, which is the same for bash and zsh. */
  public enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private Shell shell = Shell.BASH;

  CompletionCommand(CommandContext context) {
    super(context, "Prints a script that lets a shell complete the agent's command lines.");
    syntax
        .parameter("SHELL", Shell.class, chosen -> shell = chosen, "bash, zsh or fish.")
        .example(
            "  source <(update-agent completion bash)",
            "  source <(update-agent completion zsh)",
            "  update-agent completion fish | source");
  }

  @Override
  public Integer call() {
    CommandSpec agent = syntax.spec().root();
    context.output.text(
        shell == Shell.FISH
            ? FishCompletion.of(agent)
            : AutoComplete.bash(agent.name(), agent.commandLine()));
    return ExitCode.OK;
  }
}
