package io.kubesolo.update.persist;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Shields I/O from interrupts of the calling thread: an interrupt closes the channel in use, and so
 * drops a lock. A unit of work that an interrupt has broken off runs again from its start, on a
 * thread that is never interrupted. The caller's interrupt status is kept.
 */
final class Uninterruptible {
  private Uninterruptible() {}

  /** Work that may be started again after it was broken off at any point. */
  interface Unit {
    void run() throws IOException;
  }

  static void run(Unit unit) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      unit.run();
    } catch (ClosedByInterruptException e) {
      interrupted = true;
      Thread.interrupted();
      runElsewhere(unit);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void runElsewhere(Unit unit) throws IOException {
    Elsewhere elsewhere = new Elsewhere(unit);
    Thread thread = new Thread(elsewhere, "update-state I/O");
    thread.start();
    join(thread);
    elsewhere.rethrow();
  }

  /**
   * Waits for a thread. Further interrupts change nothing: the caller's interrupt status is kept.
   */
  private static void join(Thread thread) {
    boolean alive = true;
    while (alive) {
      try {
        thread.join();
        alive = false;
      } catch (InterruptedException e) {
        alive = thread.isAlive();
      }
    }
  }

  /** Runs the unit and keeps what it throws. */
  private static final class Elsewhere implements Runnable {
    private final Unit unit;
    private @Nullable Throwable thrown;

    Elsewhere(Unit unit) {
      this.unit = unit;
    }

    @Override
    public void run() {
      try {
        unit.run();
      } catch (IOException | RuntimeException | Error e) {
        thrown = e;
      }
    }

    void rethrow() throws IOException {
      if (thrown instanceof IOException e) {
        throw e;
      }
      if (thrown instanceof RuntimeException e) {
        throw e;
      }
      if (thrown instanceof Error e) {
        throw e;
      }
    }
  }
}
