package io.kubesolo.update.agent.http;

import io.kubesolo.update.agent.http.HttpException.Remedy;
import java.time.Duration;
import java.util.List;

/**
 * Repeats requests that failed for a reason that passes. A server that asks for a pause of up to
 * {@value #MAX_SECONDS} s gets it; a longer one ends the tries.
 *
 * <p>Not safe for use by several threads.
 */
public final class Retries {
  private static final int MAX_SECONDS = 60;
  private static final Duration STEP = Duration.ofMillis(500);

  /** The pauses of a device in the field. */
  public static final List<Duration> PAUSES =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));

  private final List<Duration> pauses;
  private final Sleeper sleeper;
  private int failures;

  /** How time passes. */
  @FunctionalInterface
  public interface Sleeper {
    /**
     * Sleeps.
     *
     * @param duration how long
     * @throws InterruptedException if the thread is interrupted
     */
    void sleep(Duration duration) throws InterruptedException;
  }

  /**
   * Something to try.
   *
   * @param <T> what it yields
   * @param <X> what else may end it
   */
  @FunctionalInterface
  public interface Attempt<T, X extends Exception> {
    /**
     * Tries it once.
     *
     * @return what it yields
     * @throws HttpException if the request failed
     * @throws X what else may end it
     */
    T run() throws HttpException, X;
  }

  /**
   * Prepares tries, one more than there are pauses.
   *
   * @param pauses how long to wait after each failure
   * @param sleeper waits
   */
  public Retries(List<Duration> pauses, Sleeper sleeper) {
    this.pauses = List.copyOf(pauses);
    this.sleeper = sleeper;
  }

  /** Starts to count anew, because what was tried has made good progress. */
  public void reset() {
    failures = 0;
  }

  /**
   * Returns what the attempt yields.
   *
   * @param attempt what to try
   * @param waiting called during pauses
   * @param <T> what the attempt yields
   * @param <X> what ends it besides a failed request
   * @return the same
   * @throws HttpException what the last try threw
   * @throws X what the attempt or {@code waiting} throws
   */
  public <T, X extends Exception> T run(Attempt<T, X> attempt, Waiting<X> waiting)
      throws HttpException, X {
    while (true) {
      try {
        return attempt.run();
      } catch (HttpException e) {
        pause(e, waiting);
      }
    }
  }

  private <X extends Exception> void pause(HttpException failure, Waiting<X> waiting)
      throws HttpException, X {
    if (failure.remedy() != Remedy.RETRY || failures >= pauses.size()) {
      throw failure;
    }
    Duration pause = failure.retryAfter().getOrElse(pauses.get(failures));
    if (pause.toSeconds() > MAX_SECONDS) {
      throw failure.withProblem(
          problem -> "%s, and asks to wait for %d s".formatted(problem, pause.toSeconds()));
    }
    failures++;
    sleep(pause, failure, waiting);
  }

  private <X extends Exception> void sleep(
      Duration pause, HttpException failure, Waiting<X> waiting) throws HttpException, X {
    try {
      for (Duration left = pause; !left.isZero(); ) {
        waiting.check();
        Duration step = left.compareTo(STEP) < 0 ? left : STEP;
        sleeper.sleep(step);
        left = left.minus(step);
      }
      waiting.check();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }
}
