package io.kubesolo.update.persist.disk;

/**
 * A fault that is injected into one operation, see {@link SimulatedProcess#injectFaults}.
 *
 * <p>Immutable.
 */
public sealed interface Fault {
  /** {@return whether the operation is done before the error is thrown; a sync never is} */
  boolean late();

  /**
   * An I/O error, thrown as an {@link java.io.IOException}.
   *
   * @param reason the kernel's text for it, such as {@code No space left on device}
   * @param late whether the operation is done before the error is thrown; a sync never is
   */
  record IoFault(String reason, boolean late) implements Fault {}

  /**
   * An {@link Error}, as when memory runs out; {@link InjectedError} is thrown.
   *
   * @param late whether the operation is done before the error is thrown
   */
  record ErrorFault(boolean late) implements Fault {}

  /**
   * An interrupt of the thread that runs the test. It closes a channel that is in use.
   *
   * @param late whether it comes after the operation
   */
  record Interrupt(boolean late) implements Fault {}

  /** A write that writes half of what it was given, without an error. */
  record ShortWrite() implements Fault {
    @Override
    public boolean late() {
      return false;
    }
  }

  /** What an {@link ErrorFault} throws. */
  final class InjectedError extends Error {
    private static final long serialVersionUID = 1L;

    InjectedError(Operation operation) {
      super("injected at " + operation);
    }
  }
}
