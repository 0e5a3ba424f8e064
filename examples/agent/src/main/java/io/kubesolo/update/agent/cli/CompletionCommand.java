package io.kubesolo.update.agent.cli;

import java.util.Locale;
import picocli.AutoComplete;

/** Prints what lets a shell complete command lines of the agent. */
final class CompletionCommand extends AgentCommand {
  /** The shells for which there is a script, which is the same for both. */
  public enum Shell {
    BASH,
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  CompletionCommand(CommandContext context) {
    super(context, "Prints a script that lets a shell complete the agent's command lines.");
    syntax
        .parameter("SHELL", Shell.class, shell -> {}, "bash or zsh.")
        .example(
            "  source <(update-agent completion bash)", "  source <(update-agent completion zsh)");
  }

  @Override
  public Integer call() {
    context.output.text(AutoComplete.bash("update-agent", syntax.spec().root().commandLine()));
    return ExitCode.OK;
  }
}
