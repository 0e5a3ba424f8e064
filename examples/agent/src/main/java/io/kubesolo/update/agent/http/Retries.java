package io.kubesolo.update.agent.http;

import io.kubesolo.update.agent.http.HttpException.Remedy;
import io.kubesolo.update.core.Deadlines;
import java.time.Duration;
import java.util.List;

/**
 * Repeats requests that failed for a temporary reason. If a server asks for a pause of up to
 * {@value #MAX_SECONDS} s, this waits; a longer pause ends the tries.
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

  /** Waits. */
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
   * @param <T> the type of the result
   * @param <X> the exception with which the attempt can end besides a failed request
   */
  @FunctionalInterface
  public interface Attempt<T, X extends Exception> {
    /**
     * Tries it once.
     *
     * @return the result
     * @throws HttpException if the request failed
     * @throws X if the attempt ends for another reason
     */
    T run() throws HttpException, X;
  }

  /**
   * Makes a limit on tries: one more than there are pauses.
   *
   * @param pauses how long to wait after each failure
   * @param sleeper waits
   */
  public Retries(List<Duration> pauses, Sleeper sleeper) {
    this.pauses = List.copyOf(pauses);
    this.sleeper = sleeper;
  }

  /** Starts to count again, because the last try has made good progress. */
  public void reset() {
    failures = 0;
  }

  /**
   * Runs an attempt until it succeeds or the tries are used up.
   *
   * @param attempt what to try
   * @param waiting called during pauses
   * @param <T> the type of the result
   * @param <X> the exception with which the attempt can end besides a failed request
   * @return the result of the attempt
   * @throws HttpException if the last try failed
   * @throws X if the attempt or {@code waiting} throws it
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
    Duration pause = failure.retryAfter().orElse(pauses.get(failures));
    if (pause.toSeconds() > MAX_SECONDS) {
      throw failure.withProblem(
          problem -> problem + ", and asks to wait for " + Deadlines.inWords(pause));
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
