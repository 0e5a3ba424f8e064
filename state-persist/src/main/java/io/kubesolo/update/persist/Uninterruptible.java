package io.kubesolo.update.persist;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Shields I/O from the interrupts of the thread that asks for it: an interrupt closes the channel in
 * use, and with it drops a lock. A unit of work that an interrupt broke is done again, whole, on a
 * thread that is never interrupted. The caller's interrupt status is kept.
 */
final class Uninterruptible {
  private Uninterruptible() {}

  /** Work that may be begun anew after it was broken off anywhere. */
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

  /** An interrupt meanwhile is one with that which the caller was given before, and which is kept. */
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
