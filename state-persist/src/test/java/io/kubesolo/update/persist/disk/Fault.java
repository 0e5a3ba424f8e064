package io.kubesolo.update.persist.disk;

/** What goes wrong with one operation. */
public sealed interface Fault {
  /** {@return whether the operation takes effect all the same; a sync never does} */
  boolean late();

  /**
   * An I/O error.
   *
   * @param reason the kernel's words for it
   */
  record Refusal(String reason, boolean late) implements Fault {}

  /** An {@link Error}, as when memory runs out. */
  record Blow(boolean late) implements Fault {}

  /** An interrupt of the thread that runs the test. */
  record Interrupt(boolean late) implements Fault {}

  /** A write that writes half of what it was given, without an error. */
  record ShortWrite() implements Fault {
    @Override
    public boolean late() {
      return false;
    }
  }

  /** What a {@link Blow} throws. */
  final class Struck extends Error {
    private static final long serialVersionUID = 1L;

    Struck(Operation operation) {
      super("struck at " + operation);
    }
  }
}
