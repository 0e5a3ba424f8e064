package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.TransitionListener;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Tells one listener of transitions, in order, on a daemon thread that is there only while there is
 * something to tell. What a listener throws, and one that does not return, is logged and hurts
 * nobody else.
 *
 * <p>Safe for use by several threads; announcing never waits for the listener.
 */
final class Announcer {
  /** How many transitions wait for a listener at most; the newest are lost beyond. */
  static final int MOST_WAITING = 1_000;

  private static final System.Logger LOG = System.getLogger(UpdateLifecycle.class.getName());

  private final TransitionListener listener;
  private final Duration patience;
  private final Deque<Transition> waiting = new ArrayDeque<>();
  private @Nullable Thread thread;
  private long since;
  private boolean reported;

  /**
   * Makes an announcer, and no thread.
   *
   * @param patience how long the listener may take for one transition until that is reported
   */
  Announcer(TransitionListener listener, Duration patience) {
    this.listener = listener;
    this.patience = patience;
  }

  /** Whether the caller is the listener. */
  synchronized boolean isTelling() {
    return Thread.currentThread() == thread;
  }

  /** Leaves a transition to be told. */
  synchronized void announce(Transition transition) {
    reportIfStuck();
    if (waiting.size() == MOST_WAITING) {
      report("is not told of " + transition.event().type() + ": too many wait already", null);
      return;
    }
    waiting.add(transition);
    if (thread == null) {
      start();
    }
  }

  private void start() {
    Thread next = new Thread(this::tellAll, "update-state listener");
    next.setDaemon(true);
    since = System.nanoTime();
    try {
      next.start();
      thread = next;
    } catch (OutOfMemoryError e) {
      report("cannot be told yet, for want of a thread", e);
    }
  }

  private void tellAll() {
    for (Transition next = first(); next != null; next = afterFirst()) {
      tell(next);
    }
  }

  private void tell(Transition transition) {
    try {
      listener.onTransition(transition);
    } catch (RuntimeException | Error e) {
      report("failed after " + transition.event().type(), e);
    }
  }

  private synchronized Transition first() {
    return waiting.element();
  }

  /** The next one; where there is none, this thread is no longer the one that tells. */
  private synchronized @Nullable Transition afterFirst() {
    waiting.remove();
    since = System.nanoTime();
    reported = false;
    if (waiting.isEmpty()) {
      thread = null;
      notifyAll();
    }
    return waiting.peek();
  }

  /** Waits until all is told, or the listener is found to be stuck, which is reported. */
  synchronized void finish() {
    boolean interrupted = false;
    while (thread != null && !isTelling() && !isStuck()) {
      try {
        wait(Math.max(1, patience.toMillis() - busyFor().toMillis()));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    reportIfStuck();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isStuck() {
    return thread != null && busyFor().compareTo(patience) >= 0;
  }

  private Duration busyFor() {
    return Duration.ofNanos(System.nanoTime() - since);
  }

  private void reportIfStuck() {
    if (isStuck() && !reported) {
      reported = true;
      String what = waiting.element().event().type() + " for " + busyFor().toSeconds() + " s";
      report("is busy with " + what + ", and " + (waiting.size() - 1) + " wait", null);
    }
  }

  private void report(String what, @Nullable Throwable cause) {
    LOG.log(Level.WARNING, "the listener " + listener + " " + what, cause);
  }
}
