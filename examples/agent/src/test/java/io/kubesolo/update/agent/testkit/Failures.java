package io.kubesolo.update.agent.testkit;

import io.kubesolo.update.agent.io.Failure;

/** Failures that a test expects. */
public final class Failures {
  /** A step of a test. */
  @FunctionalInterface
  public interface Step {
    /** Runs. */
    Object run() throws Exception;
  }

  /** A step of a test without a result. */
  @FunctionalInterface
  public interface Command {
    /** Runs. */
    void run() throws Exception;
  }

  private Failures() {}

  /** Returns the message of the failure that a step must end with. */
  public static String messageOf(Step step) throws Exception {
    Object result;
    try {
      result = step.run();
    } catch (Failure e) {
      return e.message();
    }
    throw new AssertionError("no failure, but " + result);
  }

  /** Returns the message of the failure that a command must end with. */
  public static String messageOfCommand(Command command) throws Exception {
    return messageOf(() -> {
      command.run();
      return "success";
    });
  }
}
