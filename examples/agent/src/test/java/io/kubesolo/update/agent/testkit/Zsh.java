package io.kubesolo.update.agent.testkit;

import io.kubesolo.update.core.testing.tool.Tools;
import java.io.IOException;
import java.nio.file.Path;

/** An interactive zsh in a terminal of its own. */
public final class Zsh {
  /** Runs $1, types the line $2 and Tab, and prints what the terminal shows until it shows $3. */
  private static final String TAB = """
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell "PROMPT=; $1; print ready\\$((1+1))"
      repeat 200; do zpty -r -t shell shown && [[ $shown == *ready2* ]] && break; sleep 0.05; done
      zpty -w -n shell "$2"$'\\t'
      all=
      repeat 200; do
        zpty -r -t shell shown && all+=$shown
        [[ $all == *$3* ]] && break
        sleep 0.05
      done
      print -r -- "$all"
      zpty -d shell
      """;

  private Zsh() {}

  /**
   * Types a line and Tab.
   *
   * @param folder a folder for what the shell says
   * @param setup what the shell runs first
   * @param line the line
   * @param completed what is awaited, for at most ten seconds
   */
  public static CommandLineRun.Result tab(Path folder, String setup, String line, String completed)
      throws IOException, InterruptedException {
    Tools.assumePresent("zsh");
    return Program.run(folder, "", "zsh", "-f", "-c", TAB, "zsh", setup, line, completed);
  }
}
