package io.kubesolo.update.agent;

import io.kubesolo.update.agent.cli.Output;
import io.kubesolo.update.agent.cli.UpdateAgent;
import java.util.Locale;

/** The main class of the program. */
public final class Main {
  private Main() {}

  /**
   * Runs one command and ends the process with its exit code.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    // Digits and letter case are the same for every reader, whatever the language of the device.
    Locale.setDefault(Locale.ROOT);
    System.exit(run(Output.ofProcess(), arguments));
  }

  /** Runs one command and returns its exit code. */
  static int run(Output output, String... arguments) {
    return UpdateAgent.run(output, arguments);
  }
}
