package io.kubesolo.update.fsm;

import io.kubesolo.update.core.Transition;
import io.kubesolo.update.core.TransitionListener;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Notifies one listener of transitions, in order, on a daemon thread that exists only while
 * transitions are queued. A listener that throws or does not return is logged, and affects neither
 * the sender nor any other listener.
 *
 * <p>Safe for use by several threads; dispatching never waits for the listener.
 */
final class ListenerDispatcher {
  /** The capacity of the queue; a transition that finds it full is dropped. */
  static final int MAX_QUEUED = 1_000;

  private static final System.Logger LOG = System.getLogger(UpdateLifecycle.class.getName());

  private final TransitionListener listener;
  private final Duration patience;

  /** The transition that the listener is handling, and after it those that wait. */
  private final Deque<Transition> queue = new ArrayDeque<>();

  private @Nullable Thread thread;
  private long startedNanos;
  private boolean reported;

  /**
   * Makes a dispatcher. Starts no thread.
   *
   * @param patience how long the listener may handle one transition before that is logged
   */
  ListenerDispatcher(TransitionListener listener, Duration patience) {
    this.listener = listener;
    this.patience = patience;
  }

  /** Returns whether the calling thread is the one that runs the listener. */
  synchronized boolean isListenerThread() {
    return Thread.currentThread() == thread;
  }

  /** Queues a transition for the listener. */
  synchronized void dispatch(Transition transition) {
    logIfStuck();
    if (queue.size() == MAX_QUEUED) {
      log("is not notified of " + transition.event().type() + ": its queue is full", null);
      return;
    }
    queue.add(transition);
    if (thread == null) {
      start();
    }
  }

  private void start() {
    Thread next = new Thread(this::notifyUntilEmpty, "update-state listener");
    next.setDaemon(true);
    startedNanos = System.nanoTime();
    try {
      next.start();
      thread = next;
    } catch (OutOfMemoryError e) {
      log("cannot be notified yet, because no thread can be started", e);
    }
  }

  private void notifyUntilEmpty() {
    for (Transition next = first(); next != null; next = afterFirst()) {
      notifyListener(next);
    }
  }

  private void notifyListener(Transition transition) {
    try {
      listener.onTransition(transition);
    } catch (Throwable e) {
      // A checked exception too, which can be thrown without being declared: if this thread ended
      // with it, the listener would never be notified again.
      log("failed after " + transition.event().type(), e);
    }
  }

  private synchronized Transition first() {
    return queue.element();
  }

  /** Removes the handled transition and returns the next; if there is none, the thread ends. */
  private synchronized @Nullable Transition afterFirst() {
    queue.remove();
    startedNanos = System.nanoTime();
    reported = false;
    if (queue.isEmpty()) {
      thread = null;
      notifyAll();
    }
    return queue.peek();
  }

  /**
   * Waits until the queue is empty, or until the listener exceeds its patience, which is logged.
   */
  synchronized void finish() {
    boolean interrupted = false;
    while (thread != null && !isListenerThread() && !isStuck()) {
      try {
        wait(Math.max(1, patience.toMillis() - busyFor().toMillis()));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    logIfStuck();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isStuck() {
    return thread != null && busyFor().compareTo(patience) >= 0;
  }

  private Duration busyFor() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  private void logIfStuck() {
    if (isStuck() && !reported) {
      reported = true;
      String what = queue.element().event().type() + " for " + busyFor().toSeconds() + " s";
      log("is busy with " + what + ", and " + (queue.size() - 1) + " wait", null);
    }
  }

  private void log(String what, @Nullable Throwable cause) {
    try {
      LOG.log(Level.WARNING, "the listener " + name() + " " + what, cause);
    } catch (Throwable e) {
      // A log that fails must not end this thread either, and there is nowhere else to report it.
      return;
    }
  }

  private String name() {
    try {
      return listener.toString();
    } catch (Throwable e) {
      return listener.getClass().getName();
    }
  }
}
