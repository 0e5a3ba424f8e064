package io.kubesolo.update.agent.cli;

import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine.Model.CommandSpec;

/** Prints a script with which a shell completes command lines of the agent. */
final class CompletionCommand extends AgentCommand {
  /** The shells for which there is a script; zsh uses the one for bash. */
  public enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The script calls this builtin of bash, which zsh's bashcompinit does not have. */
  private static final String ZSH_COMPOPT = "(( $+functions[compopt] )) || compopt() { : }\n";

  private Shell shell = Shell.BASH;

  CompletionCommand(CommandContext context) {
    super(context, "Prints a script with which a shell completes the agent's command lines.");
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
        switch (shell) {
          case BASH -> AutoComplete.bash(agent.name(), agent.commandLine());
          case ZSH -> ZSH_COMPOPT + AutoComplete.bash(agent.name(), agent.commandLine());
          case FISH -> FishCompletion.of(agent);
        });
    return ExitCode.OK;
  }
}
