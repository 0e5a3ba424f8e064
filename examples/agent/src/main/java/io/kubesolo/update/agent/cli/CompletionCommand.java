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

  /** Completes values after "--option=" and in lists, which picocli's function does not. */
  private static final String BASH_WORDS = """

      # Bash takes --option=value for three words, and a list such as a,b for one.
      function _complete_AGENT_words() {
        local -a words=()
        local word list=
        for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
          if [[ ${words[*]: -1} == --*= ]]; then
            words[-1]=${words[-1]%=}
            words+=("$word")
          elif [[ $word == = && ${words[*]: -1} == --* ]]; then
            words[-1]+==
          else
            words+=("$word")
          fi
        done
        if [[ ${words[-1]} == --*= ]]; then
          words[-1]=${words[-1]%=}
          words+=("")
        elif [[ ${words[*]: -2:1} == --for && ${words[-1]} == *,* ]]; then
          list=${words[-1]%,*},
          words[-1]=${words[-1]##*,}
        fi
        COMP_WORDS=("${words[@]}")
        COMP_CWORD=$((${#words[@]} - 1))
        _complete_AGENT
        COMPREPLY=("${COMPREPLY[@]/#/$list}")
      }
      complete -F _complete_AGENT_words -o default AGENT
      """;

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
          case BASH ->
            AutoComplete.bash(agent.name(), agent.commandLine())
                + BASH_WORDS.replace("AGENT", agent.name());
          case ZSH -> ZSH_COMPOPT + AutoComplete.bash(agent.name(), agent.commandLine());
          case FISH -> FishCompletion.of(agent);
        });
    return ExitCode.OK;
  }
}
