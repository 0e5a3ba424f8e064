package io.kubesolo.update.agent.demo;

import java.io.IOException;

/** A port: the terminal that the demo writes to, and the program that it runs. */
public interface DemoConsole {
  /** Prints a line. */
  void print(String line);

  /** Prints a line that begins a part. */
  void printHeading(String line);

  /** Prints a command line before it is run. */
  void printCommand(String line);

  /** Prints what went wrong. */
  void printError(String line);

  /** Runs a command line of the program in this process, and returns its exit code. */
  int run(String... arguments);

  /** Starts the program as a process of its own, which writes its errors to its output. */
  Process start(String... arguments) throws IOException;
}
