package io.kubesolo.update.benchmarks;

/** The least that a JVM can be started for. */
final class OneLine {
  private OneLine() {}

  /**
   * Prints one line.
   *
   * @param arguments ignored
   */
  public static void main(String[] arguments) {
    System.out.println("idle");
  }
}
